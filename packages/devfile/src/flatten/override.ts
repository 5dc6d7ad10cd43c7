import { isMap, joinList, joinMap, openChild, openList, openMap, type Traced } from './trace.ts';

/** Lists of maps that are merged element by element, and the field that tells their elements apart (devfile-v2 1.5). */
const listKeys: ReadonlyMap<string, string> = new Map([
  ['components', 'name'],
  ['commands', 'id'],
  ['projects', 'name'],
  ['starterProjects', 'name'],
  ['dependentProjects', 'name'],
  ['env', 'name'],
  ['endpoints', 'name'],
  ['volumeMounts', 'name'],
]);

const projectSources = ['git', 'github', 'zip'];
const manifestSources = ['uri', 'inlined'];

/** By the field that leads to a map, or to the list it is an element of: fields of which it has one only. */
const unions: ReadonlyMap<string, readonly string[]> = new Map([
  ['components', ['container', 'kubernetes', 'openshift', 'volume', 'image', 'plugin', 'custom']],
  ['commands', ['exec', 'apply', 'composite', 'vscodeTask', 'vscodeLaunch']],
  ['projects', projectSources],
  ['starterProjects', projectSources],
  ['dependentProjects', projectSources],
  ['kubernetes', manifestSources],
  ['openshift', manifestSources],
  ['dockerfile', ['uri', 'git', 'devfileRegistry']],
]);

/**
 * What a value is once another is laid over it, by the rules of a strategic merge patch as devfiles have them: maps key
 * by key, lists of named elements by name, everything else is replaced; attributes are replaced key by key, and where a
 * map has one of several fields the new one takes the place of the old.
 * @param field The name of the field that leads to the value.
 */
export function override(base: Traced, patch: Traced, field: string): Traced {
  if (isMap(base.value) && isMap(patch.value)) return overrideMap(base, patch, field);
  if (isListOfMaps(base.value) && isListOfMaps(patch.value)) {
    const key = listKeys.get(field);
    if (key !== undefined) return overrideList(base, patch, { field, key });
  }
  return { value: patch.value, trace: { ...patch.trace, places: joinPlaces(patch, base) } };
}

function joinPlaces(patch: Traced, base: Traced): Traced['trace']['places'] {
  return [...patch.trace.places, ...base.trace.places];
}

function overrideMap(base: Traced, patch: Traced, field: string): Traced {
  const given = new Map(openMap(patch));
  const members = unions.get(field) ?? [];
  const isReplaced = members.some((member) => given.has(member))
    ? (key: string) => members.includes(key) && !given.has(key)
    : () => false;
  const result = new Map<string, Traced>();
  for (const [key, child] of openMap(base)) {
    const change = given.get(key);
    if (change === undefined) {
      if (!isReplaced(key)) result.set(key, child);
    } else if (field === 'attributes') {
      result.set(key, { value: change.value, trace: { ...change.trace, places: joinPlaces(change, child) } });
    } else result.set(key, override(child, change, key));
  }
  for (const [key, change] of given) if (!result.has(key)) result.set(key, change);
  return joinMap(result, joinPlaces(patch, base));
}

interface KeyedList {
  readonly field: string;
  readonly key: string;
}

function overrideList(base: Traced, patch: Traced, { field, key }: KeyedList): Traced {
  const nameOf = ({ value }: Traced): unknown => (value as Record<string, unknown>)[key];
  const changed = new Map<unknown, Traced>();
  const given = openList(patch);
  const left: { element: Traced; index: number }[] = [];
  const indexes = new Map<unknown, number>();
  const originals = new Map<unknown, Traced>();
  const names = new Set(given.map(nameOf));
  for (const [index, element] of openList(base).entries()) {
    const name = nameOf(element);
    if (names.has(name) && !originals.has(name)) {
      originals.set(name, element);
      indexes.set(name, index);
    } else left.push({ element, index });
  }
  for (const change of given) {
    const name = nameOf(change);
    const before = changed.get(name) ?? originals.get(name);
    changed.set(name, before === undefined ? change : override(before, change, field));
  }
  const ordered = interleave(
    left,
    [...changed].map(([name, element]) => ({ element, index: indexes.get(name) })),
  );
  return joinList(ordered, joinPlaces(patch, base));
}

interface Ranked {
  readonly element: Traced;
  /** In the list before; absent for a new element. */
  readonly index: number | undefined;
}

/**
 * The order of a strategic merge patch: elements it names keep the patch's order, the others their own, and an untouched
 * one comes before a named one only where it did before.
 */
function interleave(left: readonly Ranked[], named: readonly Ranked[]): Traced[] {
  const result: Traced[] = [];
  let next = 0;
  for (const { element, index } of named) {
    for (; next < left.length; next++) {
      const other = left[next];
      if (other === undefined || index === undefined || (other.index ?? 0) > index) break;
      result.push(other.element);
    }
    result.push(element);
  }
  return [...result, ...left.slice(next).map(({ element }) => element)];
}

function isListOfMaps(value: unknown): boolean {
  return Array.isArray(value) && value.every(isMap);
}

/** The names of a list's elements, by the field that tells them apart. */
export function listNames(list: Traced, field: string): Map<string, Traced> {
  const key = listKeys.get(field) ?? 'name';
  const names = new Map<string, Traced>();
  for (const element of openList(list)) {
    if (!isMap(element.value)) continue;
    const name = element.value[key];
    if (typeof name === 'string' && !names.has(name)) names.set(name, openChild(element, key));
  }
  return names;
}
