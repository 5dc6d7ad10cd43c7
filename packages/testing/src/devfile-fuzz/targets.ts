import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  convertDevfile1,
  diagnosticTable,
  type FetchAnswer,
  type Fetcher,
  readDevfile,
  readDevfile1,
  renderDiagnostic,
} from '@devstead/devfile';
import {
  devfileValues,
  limits,
  mutate,
  neighbours,
  readUsualYaml,
  readYaml,
  tokenSoup,
  yamlTexts,
} from '@devstead/devfile/fuzzing';
import { listPaths, readEnvironmentFromDevfile1, type SoundDevfile1 } from '@devstead/environment';
import type { Diagnostic } from '@devstead/kit';
import fc from 'fast-check';

/** One way of looking for something that goes wrong. */
export interface FuzzTarget {
  readonly name: string;
  /** Makes cases of a seed. */
  sample(options: { readonly numRuns: number; readonly seed: number }): readonly unknown[];
  /** Throws when something is wrong. */
  check(input: unknown): void | Promise<void>;
}

function target<T>(name: string, cases: fc.Arbitrary<T>, check: (input: T) => void | Promise<void>): FuzzTarget {
  // What is checked is what was sampled.
  return { name, sample: (options) => fc.sample(cases, options), check: (input) => check(input as T) };
}

const fixtures = fileURLToPath(new URL('../../../devfile/fixtures/', import.meta.url));
const seeds = globSync('**/*.yaml', { cwd: fixtures }).map((name) => readFileSync(fixtures + name, 'utf8'));

const seeds1 = globSync('devfile1/*.yaml', { cwd: fixtures }).map((name) => readFileSync(fixtures + name, 'utf8'));
/** Definitions of plugins as a registry has them, and as it should not. */
const metas = mutate([
  'apiVersion: v2\nspec:\n  containers: [{ name: c, image: i, ports: [{ exposedPort: 80 }], memoryLimit: 1G }]\n',
  'deprecate: { autoMigrate: true, migrateTo: a/b/c }\nspec:\n  endpoints: [{ name: e, targetPort: 80, public: true }]\n',
]);

const devfileTexts = fc
  .tuple(devfileValues, fc.constantFrom(undefined, 1, 2))
  .map(([value, space]) => JSON.stringify(value, undefined, space));

/** What stands at each address; the devfile itself is `devfile.yaml`. */
interface Files {
  readonly main: string;
  readonly others: readonly FetchAnswer[];
}

interface Answer {
  readonly text?: string;
  readonly status?: 'absent' | 'failed' | 'refused';
}

const answer = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .oneof(
        devfileTexts,
        devfileTexts.chain((text) => mutate([text])),
      )
      .map((text): Answer => ({ text })),
  },
  fc.constantFrom<Answer>(
    { status: 'absent' },
    { status: 'failed' },
    { status: 'refused' },
    { text: '<!doctype html><html></html>' },
    { text: '' },
    { text: `a: ${'['.repeat(2000)}` },
  ),
);
const files: fc.Arbitrary<Files> = fc.record({
  main: devfileTexts,
  others: fc.tuple(...neighbours.map(() => answer)).map((answers) =>
    answers.map(({ text = '', status }: Answer, index): FetchAnswer => {
      if (status !== undefined) return { status, reason: 'x' };
      const file = neighbours[index] ?? '';
      return { status: 'fetched', text, file, location: `file:///repo/${file}` };
    }),
  ),
});

/** What is looked at: reading any text, the two readers of YAML against each other, and flattening. */
export const fuzzTargets: readonly FuzzTarget[] = [
  target(
    'parse any text',
    fc.oneof(
      tokenSoup,
      tokenSoup.map((soup) => `schemaVersion: 2.2.2\n${soup}`),
    ),
    judge,
  ),
  target('parse YAML', yamlTexts, judge),
  target('parse what was a devfile', mutate(seeds), judge),
  target('parse and judge values', devfileTexts, judge),
  target('devfile 1.0.0', fc.tuple(mutate(seeds1), metas), judge1),
  target('both readers', fc.oneof(yamlTexts, mutate(seeds), tokenSoup), compareReaders),
  target('merge and flatten', files, flatten),
];

async function judge(input: string): Promise<void> {
  for (const profile of ['compat', 'strict'] as const) {
    const { devfile, diagnostics, isComplete, originsOf } = await readDevfile(input, {
      file: 'devfile.yaml',
      profile,
      variables: { w: '{{v}}' },
    });
    assert.equal(
      devfile === undefined,
      diagnostics.some(({ severity }) => severity === 'error'),
    );
    checkPlaces(diagnostics, new Map([['devfile.yaml', input]]));
    if (devfile !== undefined && isComplete) checkOrigins(devfile, originsOf);
  }
}

async function judge1([input, meta]: readonly [string, string]): Promise<void> {
  for (const profile of ['compat', 'strict'] as const) {
    const reading = await readDevfile1(input, {
      file: 'devfile.yaml',
      profile,
      location: 'file:///repo/devfile.yaml',
      fetcher: {
        registries: [],
        pluginRegistries: ['https://plugins.example'],
        fetch: async (address) => ({ status: 'fetched', text: meta, location: address, file: 'meta.yaml' }),
      },
    });
    const { devfile, diagnostics, originsOf, files } = reading;
    assert.equal(
      devfile === undefined,
      diagnostics.some(({ severity }) => severity === 'error'),
    );
    checkPlaces(diagnostics, new Map(files.map((one) => [one.file, one.text])));
    if (devfile === undefined) continue;
    checkOrigins(devfile, originsOf);
    await checkModel({ ...reading, devfile });
  }
}

/** What is made of a devfile 1.0.0: a model whose every value has its place, and a devfile 2.x that the rules accept. */
async function checkModel(read: SoundDevfile1): Promise<void> {
  const { environment } = readEnvironmentFromDevfile1(read, { file: 'devfile.yaml', fallbackName: 'folder' });
  for (const path of listPaths(environment)) {
    assert.ok((environment.provenance[path] ?? []).length > 0, `${path} has no origin`);
  }
  const converted = convertDevfile1({ ...read, file: 'devfile.yaml' });
  const { diagnostics } = await readDevfile(JSON.stringify(converted.devfile), { file: 'f', profile: 'strict' });
  const refused = diagnostics.find(({ severity }) => severity === 'error');
  assert.equal(refused, undefined, `the conversion is not valid: ${JSON.stringify(refused)}`);
}

function checkPlaces(diagnostics: readonly Diagnostic[], texts: ReadonlyMap<string, string>): void {
  for (const diagnostic of diagnostics) {
    const { code, file = '', line = 0, column = 0, endColumn = column + 1, hint, chain = [] } = diagnostic;
    assert.ok(Object.hasOwn(diagnosticTable, code), `unknown code ${code}`);
    assert.ok(hint !== undefined && hint !== '', `${code} has no hint`);
    const found = texts.get(file);
    assert.ok(found !== undefined, `${code} is placed in ${file}`);
    const lines = found.split('\n');
    assert.ok(line >= 1 && line <= lines.length, `${code} at line ${line} of ${lines.length}`);
    assert.ok(column >= 1 && column <= (lines[line - 1] ?? '').length + 1, `${code} at column ${column}`);
    assert.ok(endColumn > column, `${code} ends at ${endColumn}, before ${column}`);
    for (const step of chain) assert.ok(texts.has(step.file), `${code} came from ${step.file}`);
    renderDiagnostic(diagnostic, found);
  }
}

type Result = Awaited<ReturnType<typeof readDevfile>>;

/** Every value of a flattened devfile says where it came from. */
function checkOrigins(devfile: unknown, originsOf: Result['originsOf']): void {
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    originsOf(path);
    if (typeof value !== 'object' || value === null || path.length > 6) return;
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index]);
    else for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
  };
  visit(devfile, []);
}

function compareReaders(input: string): void {
  const usual = readUsualYaml(input, limits);
  if (usual === undefined) return;
  const { value, diagnostics } = readYaml(input, 'f');
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(usual.value, value);
}

async function flatten({ main, others }: Files): Promise<void> {
  const answers = new Map(neighbours.map((file, index) => [`file:///repo/${file}`, others[index]]));
  let asked = 0;
  const fetcher: Fetcher = {
    registries: ['file:///repo/'],
    fetch: async (address) => {
      asked++;
      if (address === 'file:///repo/devfile.yaml') {
        return { status: 'fetched', text: main, location: address, file: 'devfile.yaml' };
      }
      return answers.get(address) ?? { status: 'absent', reason: 'there is nothing' };
    },
  };
  const {
    devfile,
    diagnostics,
    isComplete,
    originsOf,
    files: read,
  } = await readDevfile(main, {
    file: 'devfile.yaml',
    location: 'file:///repo/devfile.yaml',
    fetcher,
    inlinesManifests: true,
  });
  assert.ok(asked <= 200, `${asked} texts were asked for`);
  const texts = new Map(read.map((one) => [one.file, one.text]));
  checkPlaces(diagnostics, texts);
  if (devfile === undefined || !isComplete) return;
  assert.equal(devfile.parent, undefined);
  assert.ok((devfile.components ?? []).every(({ plugin }) => plugin === undefined));
  for (const list of [devfile.components?.map(({ name }) => name), devfile.commands?.map(({ id }) => id)]) {
    assert.equal(new Set(list).size, list?.length ?? 0);
  }
  checkOrigins(devfile, originsOf);
}
