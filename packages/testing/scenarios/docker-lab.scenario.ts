import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { listStore } from '../src/image-store.ts';
import { findRemains, type Inventory, takeInventory } from '../src/machine-inventory.ts';
import { explainNoPython } from '../src/python/python-programs.ts';
import { readShellBlocks } from '../src/read-shell-blocks.ts';
import type { Finished } from '../src/run-devstead.ts';
import { firstScenarioPort } from '../src/scenario-home.ts';
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

const port = firstScenarioPort + 840;
const documentedPort = 8000;

/** The tests follow each other: building the image takes most of the time. */
describe('the example docker-lab', () => {
  const home = useHome();
  let folder = '';
  let before: Inventory;
  const devstead = (...words: readonly string[]): Promise<Finished> =>
    home().runWell(words, { cwd: folder, timeoutMs: 4 * minuteMs });
  const ask = async (path: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(10_000) })).json();
  const inside = async (line: string): Promise<string> =>
    (await devstead('exec', 'app', '--', 'sh', '-c', line)).stdout.trim();

  beforeAll(async () => {
    await home().claimImages('docker_lab:local');
    folder = home().copyExample('docker-lab');
    before = takeInventory(home());
    const file = join(folder, 'docker-compose.yml');
    const text = readFileSync(file, 'utf8');
    const published = `"${documentedPort}:${documentedPort}"`;
    expect(text).toContain(published);
    writeFileSync(file, text.replace(published, `"127.0.0.1:${port}:${documentedPort}"`));
  });

  it(
    'must build and run by one command with its files as they are',
    async () => {
      await devstead('up');
      expect(await ask('/healthz')).toEqual({ status: 'ok' });
      expect(await ask('/')).toEqual({ message: 'Hello from the Docker lab' });
      const { stdout } = await devstead('compose', 'ps', '--format', 'json');
      expect(JSON.parse(stdout)).toMatchObject({ Service: 'app', Health: 'healthy', Image: 'docker_lab:local' });
    },
    4 * minuteMs,
  );

  it('must run as a user without rights, below tini, with nothing that only the build needed', async () => {
    expect(await inside('id -un; id -u; id -g')).toBe('app\n10001\n10001');
    expect(await inside('tr "\\0" " " </proc/$(pgrep -o tini || echo 1)/cmdline')).toMatch(
      /tini -- gunicorn -c gunicorn\.conf\.py app:app/,
    );
    expect(await inside('command -v gcc make; ls /wheels /var/lib/apt/lists; ls -A /app; stat -c %U /app/app.py')).toBe(
      '/var/lib/apt/lists:\napp.py\ngunicorn.conf.py\nrequirements.txt\napp',
    );
  });

  it('must build again from what the first build kept', async () => {
    const { stdout } = await devstead('image', 'build', '--tag', 'docker_lab:local', '--output', 'json', '.');
    const { images } = JSON.parse(stdout) as { images: { isNew: boolean }[] };
    expect(images.map(({ isNew }) => isNew)).toEqual([false]);
  });

  it('must obey the HEALTHCHECK of the image where nobody says otherwise', async () => {
    await devstead('down');
    const file = join(folder, 'docker-compose.yml');
    const text = readFileSync(file, 'utf8')
      .replace(/ {4}healthcheck:\n(?: {6}.*\n)+/, '')
      .replace('    build: .\n', '');
    expect(text).not.toMatch(/healthcheck|build/);
    writeFileSync(file, text);
    await devstead('up');
    const { stdout } = await devstead('compose', 'ps', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ Health: 'healthy' });
    expect(await ask('/healthz')).toEqual({ status: 'ok' });
  });

  it('must leave nothing when workspace and image are removed', async () => {
    await devstead('down', '--volumes');
    await devstead('image', 'rm', 'docker_lab:local');
    expect(await findRemains(home(), before)).toEqual([]);
    expect(listStore(home().state).records.filter((name) => name.startsWith('docker-lab'))).toEqual([]);
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
