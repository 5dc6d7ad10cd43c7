import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { getAt } from '../../document-path.ts';
import { parseQuantity } from '../../quantity.ts';
import { readDevfile } from '../../read-devfile.ts';
import type { Devfile, DocumentPath } from '../../types.ts';
import { devfiles1 } from '../devfile1-values.fixture.ts';
import { readAmount } from '../read-amount.ts';
import { readDevfile1 } from '../read-devfile1.ts';
import type { Devfile1 } from '../types.ts';
import { convertDevfile1 } from './convert-devfile1.ts';
import { renameProjectsRoot } from './projects-root.ts';

async function convert(text: string) {
  const reading = await readDevfile1(text, { file: 'devfile.yaml', profile: 'strict' });
  const { devfile } = reading;
  if (devfile === undefined) throw new Error(JSON.stringify(reading.diagnostics));
  return { source: devfile, ...convertDevfile1({ ...reading, devfile, file: 'devfile.yaml' }) };
}

/** What the rules of devfiles 2.x refuse, in the strict profile. */
async function listRefusals(devfile: Devfile): Promise<readonly string[]> {
  const { diagnostics } = await readDevfile(JSON.stringify(devfile), { file: 'devfile.yaml', profile: 'strict' });
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, path, message }) => `${code} ${path}: ${message}`);
}

function listLeaves(
  value: unknown,
  path: DocumentPath = [],
): { readonly path: DocumentPath; readonly value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, child]) => listLeaves(child, [...path, key]));
}

/** What becomes a field, an object that is selected, or a default that is written out. */
const restated = new Set(['type', 'apiVersion', 'referenceContent', 'public', 'secure', 'mountSources']);

/** Values of the source that are neither in the result nor named by a loss. */
function listUnsaid(source: Devfile1, { devfile, losses }: Awaited<ReturnType<typeof convert>>): readonly string[] {
  const texts = listLeaves(devfile)
    .map(({ value }) => String(value))
    .join('\n');
  const isIn = (text: string) => texts.includes(text) || texts.includes(JSON.stringify(text).slice(1, -1));
  return listLeaves(source).flatMap(({ path, value }) => {
    if (restated.has(String(path.at(-1))) || path.includes('entrypoints')) return [];
    // A name that several places have is called otherwise at all of them.
    const isSaid = losses.some(
      ({ topic, at }) =>
        at.every((step, index) => path[index] === step) || (topic === 'name' && getAt(source, at) === value),
    );
    const forms = [renameProjectsRoot(String(value)), String(value).replace(/^\/+|\/+$/g, '')];
    if (typeof value === 'string' || typeof value === 'number') forms.push(readAmount(value) ?? '');
    return isSaid || forms.some(isIn) ? [] : [`${path.join('.')} = ${String(value)}`];
  });
}

describe('a converted devfile 1.0.0', () => {
  it('has everything of a devfile that has everything', async () => {
    const text = readFileSync(new URL('../../../fixtures/devfile1/everything.yaml', import.meta.url), 'utf8').replace(
      /^ *registryUrl.*\n/m,
      '',
    );
    const converted = await convert(text);
    expect(await listRefusals(converted.devfile)).toEqual([]);
    const { components = [], commands = [], projects, attributes, metadata } = converted.devfile;
    expect(metadata).toEqual({ name: 'shop' });
    expect(attributes).toMatchObject({
      editorFree: 'false',
      persistVolumes: 'false',
      multiRoot: 'on',
      'controller.devfile.io/storage-type': 'ephemeral',
      'devfile1/generateName': 'shop-',
    });
    expect(JSON.parse(String(attributes?.['.che/che-theia-plugins.yaml']))).toEqual([
      {
        id: 'example/tools/1.2.0',
        alias: 'tools',
        override: { preferences: { 'tools.trace': 'on', 'tools.level': 3 }, sidecar: { memoryLimit: '128Mi' } },
      },
    ]);
    expect(JSON.parse(String(attributes?.['.che/che-editor.yaml']))).toMatchObject({ id: 'example/editor/latest' });
    expect(JSON.parse(String(attributes?.['.vscode/launch.json'])).configurations).toHaveLength(1);
    expect(attributes?.['devfile1/commands']).toMatchObject([{ name: 'task', attributes: { kind: 'build' } }]);
    expect(projects).toEqual([
      {
        name: 'shop',
        clonePath: 'src/shop',
        attributes: { 'devfile1/branch': 'main', sparseCheckout: 'app' },
        git: {
          remotes: { origin: 'https://git.example/team/shop.git' },
          checkoutFrom: { revision: '0123456789abcdef0123456789abcdef01234567' },
        },
      },
      { name: 'assets', zip: { location: 'https://files.example/assets.zip' } },
    ]);
    expect(components.map(({ name }) => name)).toEqual(['web-app', 'database', 'cluster', 'build-cache']);
    expect(components[0]?.container).toEqual({
      image: 'example/web:1',
      memoryLimit: '512Mi',
      memoryRequest: '64M',
      cpuLimit: '1.5',
      cpuRequest: '100m',
      command: ['sleep'],
      args: ['infinity'],
      mountSources: true,
      env: [
        { name: 'ROOT', value: '$(PROJECTS_ROOT)/src/shop' },
        { name: 'MODE', value: 'development' },
      ],
      volumeMounts: [{ name: 'build-cache', path: '/home/user/.cache' }],
      endpoints: [
        { name: '8080-tcp', targetPort: 8080, exposure: 'public', protocol: 'http', secure: false, path: '/start' },
        { name: 'debug', targetPort: 5005, exposure: 'internal', attributes: { discoverable: 'true' } },
      ],
    });
    expect(components[1]?.container).toMatchObject({ memoryLimit: '536870912', mountSources: false });
    const inlined = JSON.parse(String(components[2]?.kubernetes?.inlined));
    expect(inlined.items.map(({ kind }: { kind: string }) => kind)).toEqual([
      'Deployment',
      'PersistentVolumeClaim',
      'Service',
      'ConfigMap',
    ]);
    expect(inlined.items[0].spec.template.spec.containers[0]).toMatchObject({ command: ['sleep'], args: ['infinity'] });
    expect(commands).toEqual([
      {
        id: '1-build-all',
        exec: {
          label: '1. Build (all)',
          component: 'web-app',
          commandLine: 'make build',
          workingDir: '${PROJECTS_ROOT}/src/shop',
        },
      },
      {
        id: 'run',
        attributes: { previewUrl: { port: 8080, path: '/start' } },
        exec: { component: 'web-app', commandLine: 'make run' },
      },
      { id: 'with-tools', exec: { label: 'with tools', component: 'web-app', commandLine: 'tool --check' } },
    ]);
    expect(
      converted.losses
        .filter(({ diagnostic }) => diagnostic.severity === 'warning')
        .map(({ topic, diagnostic }) => [topic, diagnostic.code, diagnostic.path, diagnostic.line]),
    ).toEqual([
      ['cluster', 'convert.dropped', 'components.cluster.mountSources', 56],
      ['command', 'convert.changed', 'commands.with tools.actions.0.component', 97],
      ['value', 'convert.changed', 'projects.shop.source.branch', 10],
    ]);
  });

  it('says where each of its values stood', async () => {
    const { originsOf } = await convert(`apiVersion: 1.0.0
metadata: { name: x }
components:
  - type: dockerimage
    image: example/web
    memoryLimit: 1Gi
    endpoints:
      - { name: web, port: 80, attributes: { public: 'false' } }
`);
    const lineOf = (...path: DocumentPath) => originsOf(path)[0]?.line;
    expect(lineOf('metadata', 'name')).toBe(2);
    expect(lineOf('components', 0, 'name')).toBe(5);
    expect(lineOf('components', 0, 'container', 'memoryLimit')).toBe(6);
    expect(lineOf('components', 0, 'container', 'endpoints', 0, 'exposure')).toBe(8);
    expect(originsOf(['components', 0, 'container', 'mountSources'])).toEqual([
      { kind: 'default', detail: 'devfile 1.0.0: mountSources is false unless said' },
    ]);
  });

  it('is valid for 200 devfiles of any kind, means the same, and lists what it has not', async () => {
    let valid = 0;
    await fc.assert(
      fc.asyncProperty(devfiles1, async (source) => {
        const converted = await convert(JSON.stringify(source));
        expect(await listRefusals(converted.devfile)).toEqual([]);
        valid++;
        expect(listUnsaid(source, converted)).toEqual([]);
        checkMeaning(source, converted);
        for (const { path } of listLeaves(converted.devfile)) expect(converted.originsOf(path)).not.toEqual([]);
      }),
      { numRuns: 200 },
    );
    expect(valid).toBeGreaterThanOrEqual(200);
  });
});

function checkMeaning(source: Devfile1, { devfile, containers, losses }: Awaited<ReturnType<typeof convert>>): void {
  const byName = new Map(devfile.components?.map(({ name, container }) => [name, container]));
  for (const [index, name] of containers) {
    const [before, after] = [source.components?.[index], byName.get(name)];
    expect(after?.image).toBe(before?.image);
    expect(after?.mountSources).toBe(before?.mountSources ?? false);
    expect(parseQuantity(after?.memoryLimit ?? '')).toBe(parseQuantity(readAmount(before?.memoryLimit) ?? ''));
    const exposures = (before?.endpoints ?? []).map(({ attributes }) =>
      attributes?.['public'] === 'false' ? 'internal' : 'public',
    );
    const ports = (before?.endpoints ?? []).map(({ port }) => port);
    for (const { targetPort, exposure = 'public' } of after?.endpoints ?? []) {
      expect(exposures.filter((_, place) => ports[place] === targetPort)).toContain(exposure);
    }
  }
  const execs = (source.commands ?? []).filter(({ actions }) => actions[0]?.type === 'exec');
  const gone = losses.filter(({ topic, diagnostic }) => topic === 'command' && diagnostic.code === 'convert.dropped');
  expect(devfile.commands?.length ?? 0).toBe(execs.length - gone.length);
}

const corpus = fileURLToPath(new URL('../../../../../../shared/corpus/che-v1/devfiles/', import.meta.url));
const real = globSync(`${corpus}*/devfile.yaml`).map((path) => ({ name: basename(dirname(path)), path }));

describe.skipIf(real.length === 0)('devfiles as they were shipped (from the corpus beside the repository)', () => {
  it.each(real)('$name converts to a valid devfile with nothing dropped unsaid', async ({ path }) => {
    const converted = await convert(readFileSync(path, 'utf8'));
    expect(await listRefusals(converted.devfile)).toEqual([]);
    expect(listUnsaid(converted.source, converted)).toEqual([]);
    checkMeaning(converted.source, converted);
  });
});
