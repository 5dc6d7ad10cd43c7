import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnosticTable } from '../codes.ts';
import type { Component, Devfile } from '../types.ts';
import { readFiles } from './read-files.fixture.ts';

const name = fc.constantFrom('a', 'b', 'c', 'd');
const text = fc.constantFrom('x', '{{v}}', '{{ w }}!', '');
const named = <T>(element: fc.Arbitrary<T>, key: (element: T) => string) =>
  fc.uniqueArray(element, { maxLength: 3, selector: key });
const env = named(fc.record({ name, value: text }), (one) => one.name);
const container = fc.record(
  {
    image: text,
    args: fc.array(text, { maxLength: 2 }),
    env,
    memoryLimit: fc.constantFrom('1Gi', '512Mi'),
    annotation: fc.record({ deployment: fc.dictionary(fc.constantFrom('k', 'l', '__proto__'), text) }),
  },
  { requiredKeys: ['image'] },
);
const attributes = fc.dictionary(
  fc.constantFrom('p', 'q', 'constructor', '__proto__'),
  fc.constantFrom<unknown>({ m: 1 }, { n: [2] }, 'x', null, 5),
  {
    maxKeys: 3,
  },
);
const component: fc.Arbitrary<Component> = fc.oneof(
  fc.record({ name, container, attributes }, { requiredKeys: ['name', 'container'] }),
  fc.record({ name, volume: fc.record({ size: fc.constantFrom('1Gi', '2Gi') }, { requiredKeys: [] }) }),
);
const command = fc.record({
  id: name,
  exec: fc.record({ component: name, commandLine: text, env }, { requiredKeys: ['component', 'commandLine'] }),
});
const anyContent = fc.record(
  {
    variables: fc.dictionary(fc.constantFrom('v', 'w', '__proto__'), text, { maxKeys: 2 }),
    components: named(component, (one) => one.name),
    commands: named(command, (one) => one.id),
    events: fc.record({ postStart: fc.uniqueArray(name) }),
  },
  { requiredKeys: ['components', 'commands'] },
);
/** Mostly without mistakes: commands run in a container that is there, events name commands that are there. */
const content = fc.tuple(anyContent, fc.integer({ min: 0, max: 9 })).map(([whole, chance]) => {
  const home = whole.components.find((one) => one.container !== undefined)?.name;
  if (chance === 0) return whole;
  const commands =
    home === undefined ? [] : whole.commands.map((one) => ({ ...one, exec: { ...one.exec, component: home } }));
  const { events, ...rest } = whole;
  const bound = events?.postStart?.filter((id) => commands.some((one) => one.id === id)) ?? [];
  return { ...rest, commands, ...(bound.length === 0 ? {} : { events: { postStart: bound } }) };
});
const version = { schemaVersion: '2.2.2' };
const write = (document: object): string => JSON.stringify({ ...version, ...document });

/** What a strategic merge patch is on plain values, lists in any order: written once more, simply. */
function patch(base: unknown, change: unknown, field: string): unknown {
  if (Array.isArray(base) && Array.isArray(change) && ['env', 'components', 'commands'].includes(field)) {
    const key = field === 'commands' ? 'id' : 'name';
    const names = [...new Set([...base, ...change].map((one) => String(one[key])))].sort();
    return names.map((one) => {
      const [before, after] = [base, change].map((list) => list.find((element) => element[key] === one));
      return before === undefined || after === undefined ? (before ?? after) : patch(before, after, field);
    });
  }
  if (!isMap(base) || !isMap(change)) return change;
  const kinds = field === 'components' ? ['container', 'volume'] : [];
  const isReplaced = kinds.some((kind) => Object.hasOwn(change, kind));
  const kept = Object.entries(base).filter(
    ([key]) => !(isReplaced && kinds.includes(key) && !Object.hasOwn(change, key)),
  );
  const entries = new Map(kept);
  for (const [key, value] of Object.entries(change)) {
    entries.set(key, entries.has(key) && field !== 'attributes' ? patch(entries.get(key), value, key) : value);
  }
  return Object.fromEntries(entries);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Named elements by name, the attributes that tell where they came from left out. */
function sortElements(value: unknown, field = ''): unknown {
  if (Array.isArray(value)) {
    const key = field === 'commands' ? 'id' : 'name';
    const sorted = value.map((one) => sortElements(one, field));
    const isNamed = ['env', 'components', 'commands'].includes(field);
    const nameOf = (element: unknown): string => (isMap(element) ? String(element[key]) : '');
    return isNamed ? sorted.toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1)) : sorted;
  }
  if (!isMap(value)) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !key.startsWith('api.devfile.io/'))
    .map(([key, child]) => [key, sortElements(child, key)] as const)
    .filter(
      ([key, child]) => !['attributes', 'components', 'commands'].includes(key) || Object.keys(child ?? {}).length > 0,
    );
  return Object.fromEntries(entries);
}

/** Every leaf's path. */
function listLeaves(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => listLeaves((value as Record<string | number, unknown>)[key], [...path, key]));
}

type Files = Readonly<Record<string, string>>;

/** What must hold of any devfile with any others beside it. */
async function judge(files: Files): Promise<Devfile | undefined> {
  const { devfile, diagnostics, files: read, originsOf, isComplete } = await readFiles(files);
  expect(devfile === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
  for (const { code, file, line = 0, column = 0, chain = [] } of diagnostics) {
    expect(diagnosticTable).toHaveProperty([code]);
    for (const place of [{ file, line, column }, ...chain]) {
      const lines = (read.find((one) => one.file === place.file)?.text ?? '').split('\n');
      expect(place.line).toBeLessThanOrEqual(lines.length);
      expect(place.column).toBeLessThanOrEqual((lines[place.line - 1] ?? '').length + 1);
    }
  }
  const written = listLeaves(devfile ?? []).filter(
    (path) => !path.some((key) => String(key).startsWith('api.devfile.io/')),
  );
  const unknown = isComplete ? written.filter((path) => originsOf(path).length === 0) : [];
  expect(devfile === undefined ? [] : unknown).toEqual([]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  return devfile;
}

describe('any devfile', () => {
  it('is the same whether its elements stand in it or in its parent', async () => {
    const split = fc.array(fc.boolean(), { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(content, split, async (whole, flags) => {
        const parts = [true, false].map((side) => ({
          components: whole.components.filter((_, index) => flags[index] === side),
          commands: whole.commands.filter((_, index) => flags[index + 3] === side),
        }));
        const { variables, events } = whole;
        const parent = { ...parts[0], ...(variables === undefined ? {} : { variables }) };
        const child = { ...parts[1], ...(events === undefined ? {} : { events }), parent: { uri: 'p.yaml' } };
        const direct = await judge({ 'devfile.yaml': write(whole) });
        const merged = await judge({ 'devfile.yaml': write(child), 'p.yaml': write(parent) });
        expect(sortElements(merged)).toEqual(sortElements(direct));
      }),
      { numRuns: 200 },
    );
  });

  it('is changed by its child as a strategic merge patch changes it', async () => {
    await fc.assert(
      fc.asyncProperty(content, content, async (parent, wanted) => {
        const change = {
          components: wanted.components.filter(({ name: own }) => parent.components.some((one) => one.name === own)),
          commands: wanted.commands.filter(({ id }) => parent.commands.some((one) => one.id === id)),
        };
        const { events: _, variables, ...plain } = parent;
        const base = { ...plain, ...(variables === undefined ? {} : { variables }) };
        const expected = await judge({ 'devfile.yaml': write(patch(base, change, '') as object) });
        const child = { parent: { uri: 'p.yaml', ...change } };
        const merged = await judge({ 'devfile.yaml': write(child), 'p.yaml': write(base) });
        expect(sortElements(merged)).toEqual(sortElements(expected));
      }),
      { numRuns: 200 },
    );
  });

  it('with any others beside it is judged, and every value knows where it came from', async () => {
    const file = fc.constantFrom('devfile.yaml', 'one.yaml', 'two.yaml');
    const reference = fc.record({ uri: file });
    const devfile = fc
      .tuple(content, fc.option(fc.tuple(reference, content), { nil: undefined }), fc.string({ maxLength: 4 }))
      .map(([own, parent, noise]) => {
        const { events: _, ...overrides } = parent?.[1] ?? {};
        const document = write({ ...own, ...(parent === undefined ? {} : { parent: { ...parent[0], ...overrides } }) });
        return noise.includes('!') ? document.replace(noise[0] ?? '', noise) : document;
      });
    const files = fc.record({ 'devfile.yaml': devfile, 'one.yaml': devfile, 'two.yaml': devfile });
    await fc.assert(
      fc.asyncProperty(files, async (texts) => {
        const devfile = await judge(texts);
        expect(devfile?.parent).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });
});
