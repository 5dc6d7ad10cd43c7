import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FakeIo } from '@devstead/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { judgeCompose } from '../compose/judge-compose.ts';
import { loadProject } from '../compose/load-project.ts';
import { type ProjectOptions, toRequest } from '../compose/project-options.ts';
import { TestRepository } from '../test-workspace.fixture.ts';
import { recallCompose } from './recall-compose.ts';

/** What may stand in each file; nothing: it is not there. */
const texts: Readonly<Record<string, readonly (string | undefined)[]>> = {
  'compose.yaml': [
    undefined,
    'services: {web: {image: "nginx:${TAG:-1}", environment: {TOKEN: , MODE: "${MODE-dev}"}}}',
    'name: "${NAME:-shop}"\nservices:\n  web: {image: nginx, env_file: [{path: web.env, required: false}]}\n',
    'include: [part/compose.yaml]\nservices: {web: {image: nginx, depends_on: [db]}}',
    'services: {web: {extends: {file: base.yaml, service: base}, profiles: ["${MODE:-}"]}}',
    'services: {web: {image: nginx, secrets: [key], configs: [page]}}\n' +
      'secrets: {key: {environment: TOKEN}}\nconfigs: {page: {content: "${TOKEN?}"}}\n',
    'services: {web: {image: nginx, secrets: [key], build: {args: [TAG]}}}\nsecrets: {key: {file: ./key.txt}}\n',
    'services: {web: {image: $, privileged: true, blkio_config: {weight: 3}}}',
    'services: [',
  ],
  'compose.override.yaml': [undefined, 'services: {web: {environment: {LATER: "$TAG$MODE"}, scale: 2}}', 'x'],
  'bench.yaml': [undefined, 'services: {web: {image: nginx, healthcheck: {test: a, interval: "${TAG}s"}}}'],
  '.env': [undefined, 'TAG=2\nTOKEN=of-file\n', 'COMPOSE_FILE=bench.yaml\nTAG=${MODE}', 'COMPOSE_PROFILES=dev\n', '"'],
  'web.env': [undefined, 'TOKEN\nLATER=${TAG}\n', 'A=1'],
  'base.yaml': [undefined, 'services: {base: {image: "busybox:${TAG:-0}"}}', 'services: {}'],
  'part/compose.yaml': [undefined, 'services: {db: {image: "postgres:${PART:-15}"}}', 'include: [compose.yaml]'],
  'part/.env': [undefined, 'PART=16', 'PART=${TAG}'],
  'key.txt': [undefined, 'secret'],
};
const values: Readonly<Record<string, readonly (string | undefined)[]>> = {
  TAG: [undefined, '', '3'],
  MODE: [undefined, 'dev', 'prod'],
  TOKEN: [undefined, 'of-process', ''],
  COMPOSE_FILE: [undefined, 'bench.yaml', 'compose.yaml:bench.yaml'],
  COMPOSE_PROFILES: [undefined, 'dev'],
  COMPOSE_PROJECT_NAME: [undefined, 'other'],
  COMPOSE_DISABLE_ENV_FILE: [undefined, '1'],
  COMPOSE_ENV_FILES: [undefined, 'web.env'],
  UNRELATED: [undefined, 'x'],
};
const flags: readonly ProjectOptions[] = [
  {},
  { file: ['bench.yaml'] },
  { file: ['compose.yaml', 'bench.yaml'] },
  { projectName: 'mine' },
  { profile: ['dev'] },
  { envFile: ['web.env'] },
  { projectDirectory: 'part' },
  { allResources: true },
];

const choose = <Part extends string>(part: Part, table: Readonly<Record<string, readonly (string | undefined)[]>>) =>
  fc
    .constantFrom(...Object.keys(table))
    .chain((name) =>
      fc.record({ part: fc.constant(part), name: fc.constant(name), to: fc.constantFrom(...(table[name] ?? [])) }),
    );
const edit = fc.oneof(
  { weight: 4, arbitrary: choose('file', texts) },
  { weight: 3, arbitrary: choose('variable', values) },
  { weight: 1, arbitrary: fc.record({ part: fc.constant('flags' as const), to: fc.constantFrom(...flags) }) },
  { weight: 1, arbitrary: fc.record({ part: fc.constant('folder' as const), to: fc.constantFrom('.', 'part') }) },
);

describe('a compose project recalled', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
    rmSync(join(repository.folder, 'devfile.yaml'));
    repository.write('part/keep', '');
  });
  afterEach(() => repository.remove());

  const readingsFolder = (): string => join(repository.root, 'home/.cache/devstead/readings');
  const listReadings = (): string[] => (existsSync(readingsFolder()) ? readdirSync(readingsFolder()) : []);
  const plain = (value: object): unknown => JSON.parse(JSON.stringify(value));

  it('is what reading it gives, whatever changes and in which order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 12 }), async (edits) => {
        for (const name of Object.keys(texts)) rmSync(join(repository.folder, name), { force: true });
        const env: Record<string, string | undefined> = { ...repository.env };
        let options: ProjectOptions = {};
        let cwd = repository.folder;
        repository.write('compose.yaml', texts['compose.yaml']?.[1] ?? '');
        for (const change of edits) {
          if (change.part === 'flags') options = change.to;
          else if (change.part === 'folder') cwd = join(repository.folder, change.to);
          else if (change.part === 'variable') env[change.name] = change.to;
          else if (change.to === undefined) rmSync(join(repository.folder, change.name), { force: true });
          else repository.write(change.name, change.to);
          const io = new FakeIo({ cwd, env });
          const request = toRequest(io, options);
          const fresh = plain(judgeCompose(io, request));
          expect(plain(await recallCompose(io, request))).toEqual(fresh);
          const before = listReadings().map((name) => readFileSync(join(readingsFolder(), name), 'utf8'));
          expect(plain(await recallCompose(io, request))).toEqual(fresh);
          // What is read anew is sealed anew.
          const after = listReadings().map((name) => readFileSync(join(readingsFolder(), name), 'utf8'));
          expect(after).toEqual(before);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('tells its diagnostics again, with their lines', async () => {
    repository.write('compose.yaml', 'services:\n  web:\n    image: "nginx:${TAG}"\n    blkio_config: {weight: 3}\n');
    const load = async (): Promise<string> => {
      const io = repository.io();
      await loadProject(io, toRequest(io, {}));
      return io.stderr.text;
    };
    const first = await load();
    expect(first).toContain('compose.variable-unset');
    expect(first).toContain('compose.yaml:4');
    expect(listReadings()).toHaveLength(1);
    expect(await load()).toBe(first);
  });

  it('fails again with errors', async () => {
    repository.write('compose.yaml', 'services: {web: {imag: nginx}}\n');
    const load = async (): Promise<unknown> => {
      const io = repository.io();
      return loadProject(io, toRequest(io, {}));
    };
    for (let round = 0; round < 2; round += 1) {
      await expect(load()).rejects.toMatchObject({ code: 'COMPOSE_INVALID' });
      expect(listReadings()).toHaveLength(1);
    }
    repository.write('compose.yaml', 'services: {web: {image: nginx}}\n');
    expect(await load()).toMatchObject({ diagnostics: [] });
  });

  it('of standard input is recalled for the same text alone', async () => {
    const io = repository.io();
    const read = async (image: string): Promise<unknown> => {
      const request = { ...toRequest(io, {}), files: ['-'], standardInput: `services: {web: {image: ${image}}}` };
      return (await recallCompose(io, request)).environment?.containers[0]?.image;
    };
    expect([await read('one'), await read('two'), await read('one')]).toEqual(['one', 'two', 'one']);
  });
});
