import { type Fetcher, readDevfile1 } from '@devstead/devfile';
import { mutate, tokenSoup } from '@devstead/devfile/fuzzing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listLeaves } from '../leaves.ts';
import { readEnvironmentFromDevfile1 } from './read-environment.ts';

const fetcher: Fetcher = {
  registries: [],
  pluginRegistries: [],
  fetch: (address) => Promise.resolve({ status: 'absent', reason: `there is nothing at ${address}` }),
};

/** Reads any text; the environment of one that is sound, with what was said of it. */
async function read(text: string) {
  const reading = await readDevfile1(text, { file: 'devfile.yaml', location: 'https://git.example/d.yaml', fetcher });
  const { devfile, diagnostics } = reading;
  if (devfile === undefined) return { diagnostics };
  const { environment, diagnostics: more } = readEnvironmentFromDevfile1(
    { ...reading, devfile },
    { file: 'devfile.yaml', fallbackName: 'x' },
  );
  return { environment, diagnostics: [...diagnostics, ...more] };
}

const seeds = [
  `apiVersion: 1.0.0
metadata: { generateName: shop- }
projects:
  - { name: shop, source: { type: git, location: 'https://git.example/p.git', branch: main }, clonePath: src/shop }
components:
  - alias: web
    type: dockerimage
    image: example/web
    memoryLimit: 512Mi
    mountSources: true
    env: [{ name: HOME, value: $(CHE_PROJECTS_ROOT) }]
    endpoints: [{ name: 8080/tcp, port: 8080, attributes: { public: 'true', path: /x } }]
    volumes: [{ name: m2, containerPath: /m2 }]
commands:
  - name: 1. Run
    previewUrl: { port: 8080 }
    actions: [{ type: exec, component: web, command: make, workdir: '\${CHE_PROJECTS_ROOT}/shop' }]
attributes: { persistVolumes: 'false' }
`,
  `apiVersion: 1.0.0
metadata: { name: x }
components:
  - alias: c
    type: kubernetes
    mountSources: true
    selector: { app: a }
    entrypoints: [{ parentName: p, command: [sleep], args: [infinity] }]
    referenceContent: |
      kind: List
      items:
      - kind: Pod
        metadata: { name: p, labels: { app: a } }
        spec:
          volumes: [{ name: v, emptyDir: {} }]
          containers: [{ name: c, image: i, ports: [{ containerPort: 80 }], volumeMounts: [{ name: v, mountPath: /v }] }]
  - { type: chePlugin, id: a/b/latest, preferences: { x: true } }
`,
];

const keys = [
  'name spec metadata labels template containers initContainers image env envFrom ports port targetPort containerPort',
  'selector volumes volumeMounts mountPath subPath data stringData configMap secret items key path valueFrom',
  'configMapKeyRef replicas rules http paths backend service to tls host resources limits __proto__',
].flatMap((line) => line.split(' '));
const kinds =
  'Pod Deployment Job CronJob Service ConfigMap Secret PersistentVolumeClaim Ingress Route List Namespace'.split(' ');

/** Values where a manifest has texts, numbers, lists and maps, of any kind and under any of the keys that are looked at. */
const anything = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, '', 'a', 'web', '80', 80, -1, 1.5, '__proto__', '$(A)', '1Gi'),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie('any'), { maxKeys: 5 }),
  ),
})).any;
const objects = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    metadata: fc.oneof(fc.constant({ name: 'web', labels: { app: 'a' } }), anything),
    spec: fc.oneof(
      anything,
      fc.record({
        containers: fc.array(fc.oneof(fc.constant({ name: 'web', image: 'i' }), anything), { maxLength: 2 }),
      }),
      fc.record({ template: fc.record({ spec: fc.record({ containers: fc.array(anything, { maxLength: 2 }) }) }) }),
    ),
    data: anything,
  }),
  { maxLength: 5 },
);

describe('any text as a devfile 1.0.0', () => {
  it.each([
    ['a devfile with changes', mutate(seeds)],
    ['tokens', tokenSoup],
  ])('%s gives an environment or an error, and never throws', async (_what, texts) => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const { environment, diagnostics } = await read(text);
        const hasErrors = diagnostics.some(({ severity }) => severity === 'error');
        expect(environment !== undefined || hasErrors).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('any list of objects as a manifest', () => {
  it('gives containers whose values have their provenance, and pollutes nothing', async () => {
    let sound = 0;
    await fc.assert(
      fc.asyncProperty(objects, async (items) => {
        const content = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
        const devfile = {
          apiVersion: '1.0.0',
          metadata: { name: 'x' },
          components: [{ alias: 'c', type: 'kubernetes', referenceContent: content }],
        };
        const { environment } = await read(JSON.stringify(devfile));
        if (environment === undefined) return;
        sound += 1;
        const paths = listLeaves(environment).map(({ path }) => path);
        expect(paths.filter((path) => (environment.provenance[path] ?? []).length === 0)).toEqual([]);
        expect(JSON.parse(JSON.stringify(environment))).toEqual(environment);
        expect(({} as Record<string, unknown>)['name']).toBeUndefined();
      }),
      { numRuns: 300 },
    );
    expect(sound).toBeGreaterThan(30);
  });
});
