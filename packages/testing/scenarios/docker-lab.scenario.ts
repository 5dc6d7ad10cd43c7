import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { explainNoPython } from '../src/python/python-programs.ts';
import { readShellBlocks } from '../src/read-shell-blocks.ts';
import { useHome } from '../src/use-home.ts';

const minuteMs = 60_000;
const reason = explainNoPython('clients');
const why = reason === undefined ? '' : ` (skipped: ${reason})`;

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

/** A manifest, as far as these tests look at it. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly selector: unknown;
    readonly template: {
      readonly metadata: { readonly labels: unknown };
      readonly spec: { readonly securityContext: unknown; readonly containers: readonly Container[] };
    };
  };
}

interface Container {
  readonly image: string;
  readonly ports: readonly unknown[];
  readonly envFrom: readonly unknown[];
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly resources: unknown;
}

describe('the example docker-lab', () => {
  const home = useHome();
  let folder = '';
  beforeAll(() => {
    folder = home().copyExample('docker-lab');
  });

  it.skipIf(reason !== undefined)(
    `must pass its tests and checks by the commands of its README${why}`,
    async () => {
      const [, section = ''] = readFileSync(join(folder, 'README.md'), 'utf8').split('\n## Work on it\n');
      const lines = readShellBlocks(section.split('\n## ')[0] ?? '');
      expect(lines.length).toBeGreaterThan(5);
      const { stdout, stderr } = await promisify(execFile)('bash', ['-euxc', lines.join('\n')], {
        cwd: folder,
        env: home().environment(),
        timeout: 3 * minuteMs,
      });
      expect(stdout).toMatch(/\d+ passed/);
      expect(stdout).toContain('All checks passed!');
      expect(stderr).toMatch(/\d+ files would be left unchanged/);
    },
    4 * minuteMs,
  );

  it('must have manifests that fit each other and the image', () => {
    const files = readdirSync(join(folder, 'kubernetes'));
    const manifests = files.flatMap((file) =>
      parseAllDocuments(readFileSync(join(folder, 'kubernetes', file), 'utf8')).map((one) => one.toJS() as Manifest),
    );
    expect(manifests.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'Deployment', 'Secret', 'Service']);
    const { spec } = manifests.find(({ kind }) => kind === 'Deployment') as Manifest;
    const pod = spec.template;
    expect(spec.selector).toEqual({ matchLabels: pod.metadata.labels });
    expect(manifests.find(({ kind }) => kind === 'Service')?.spec.selector).toEqual(pod.metadata.labels);
    const [app] = pod.spec.containers as readonly [Container];
    expect(app.ports).toEqual([{ name: 'http', containerPort: 8000 }]);
    for (const probe of [app.startupProbe, app.readinessProbe, app.livenessProbe]) {
      expect(probe.httpGet).toEqual({ path: '/healthz', port: 'http' });
    }
    expect(app.envFrom).toEqual([{ configMapRef: { name: 'docker-lab' } }, { secretRef: { name: 'docker-lab' } }]);
    expect(app.resources).toHaveProperty('limits.memory');
    // The number that the Dockerfile gives its user.
    const [, uid] = /useradd --uid (\d+)/.exec(readFileSync(join(folder, 'Dockerfile'), 'utf8')) ?? [];
    expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: Number(uid) });
    expect(readFileSync(join(folder, 'docker-compose.yml'), 'utf8')).toContain(`image: ${app.image}`);
  });
});
