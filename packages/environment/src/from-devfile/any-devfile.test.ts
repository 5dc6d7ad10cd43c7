import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listLeaves } from '../leaves.ts';
import { readObject } from './read-object.fixture.ts';

const nameArbitrary = fc.stringMatching(/^[a-z]([-a-z0-9]{0,5}[a-z0-9])?$/);
const envArbitrary = fc.array(
  fc.record({ name: fc.constantFrom('A', 'B.C', '__proto__', 'PROJECT_SOURCE'), value: fc.string() }),
  { maxLength: 4 },
);
const containerArbitrary = fc.record(
  {
    image: fc.string(),
    command: fc.array(fc.string(), { maxLength: 2 }),
    env: envArbitrary,
    memoryLimit: fc.constantFrom('1Gi', '0', 'wrong'),
    cpuRequest: fc.constantFrom('100m', '2'),
    mountSources: fc.boolean(),
    dedicatedPod: fc.boolean(),
    sourceMapping: fc.constantFrom('/src', '/a/b/', 'relative', '/'),
    volumeMounts: fc.array(fc.record({ name: nameArbitrary, path: fc.string() }, { requiredKeys: ['name'] }), {
      maxLength: 3,
    }),
    endpoints: fc.uniqueArray(
      fc.record(
        { name: nameArbitrary, targetPort: fc.nat(65535), path: fc.string(), secure: fc.boolean() },
        { requiredKeys: ['name', 'targetPort'] },
      ),
      { maxLength: 3, selector: ({ name }) => name },
    ),
  },
  { requiredKeys: ['image'] },
);
const componentArbitrary = fc.oneof(
  fc.record({ name: nameArbitrary, container: containerArbitrary }),
  fc.record({
    name: nameArbitrary,
    volume: fc.record({ size: fc.constantFrom('1Gi', '-1', '') }, { requiredKeys: [] }),
  }),
);
const commandArbitrary = fc.oneof(
  fc.record({
    id: nameArbitrary,
    exec: fc.record(
      { commandLine: fc.string(), component: nameArbitrary, workingDir: fc.string(), env: envArbitrary },
      { requiredKeys: ['commandLine', 'component'] },
    ),
  }),
  fc.record({
    id: nameArbitrary,
    composite: fc.record({ commands: fc.array(nameArbitrary, { maxLength: 3 }) }, { requiredKeys: [] }),
  }),
);
const devfileArbitrary = fc.record(
  {
    components: fc.uniqueArray(componentArbitrary, { maxLength: 5, selector: ({ name }) => name }),
    commands: fc.uniqueArray(commandArbitrary, { maxLength: 4, selector: ({ id }) => id }),
    projects: fc.uniqueArray(fc.record({ name: nameArbitrary, clonePath: fc.string() }, { requiredKeys: ['name'] }), {
      maxLength: 3,
      selector: ({ name }) => name,
    }),
    events: fc.record({ preStart: fc.array(nameArbitrary, { maxLength: 2 }) }),
  },
  { requiredKeys: [] },
);

describe('any devfile', () => {
  it('gives every value its provenance, unique paths, and a project inside the root', () => {
    fc.assert(
      fc.property(devfileArbitrary, (parts) => {
        const { environment } = readObject(parts);
        const paths = listLeaves(environment).map(({ path }) => path);
        expect(paths.filter((path) => (environment.provenance[path] ?? []).length === 0)).toEqual([]);
        expect(new Set(paths).size).toBe(paths.length);
        expect(Object.keys(environment.provenance).toSorted()).toEqual(paths.toSorted());
        for (const { env, sources } of environment.containers) {
          if (sources === undefined) continue;
          const [root, project] = env;
          expect([root?.name, project?.name]).toEqual(['PROJECTS_ROOT', 'PROJECT_SOURCE']);
          expect(`${project?.value}/`.startsWith(`${root?.value}/`)).toBe(true);
          expect(project?.value.split('/')).not.toContain('..');
        }
        expect(JSON.parse(JSON.stringify(environment))).toEqual(environment);
      }),
      { numRuns: 200 },
    );
  });
});
