import type { Source } from '../read-source.ts';
import type { DocumentPath } from '../types.ts';

/** Where a value stands: a path in the `devfile` of a source. */
export interface Place {
  readonly source: Source;
  readonly path: DocumentPath;
  /** It stands in the part of a file that changes what another file brings. */
  readonly isOverride: boolean;
}

type Key = string | number;

/** Where the values of a flattened document came from, as a tree beside it. */
export interface Trace {
  /** What gives the value, then what that replaced or was merged into. */
  readonly places: readonly Place[];
  /** Traces of the values in it that are not found by their own key below the first place. */
  readonly children?: ReadonlyMap<Key, Trace>;
}

/** A value and where it came from. */
export interface Traced {
  readonly value: unknown;
  readonly trace: Trace;
}

/** Everything as it stands in one file. */
export function traceSource(source: Source, path: DocumentPath = [], isOverride = false): Trace {
  return { places: [{ source, path, isOverride }] };
}

/** The trace of the value at a key. */
function traceChild({ places, children }: Trace, key: Key): Trace {
  const own = children?.get(key);
  if (own !== undefined) return own;
  const [first] = places;
  return { places: first === undefined ? [] : [{ ...first, path: [...first.path, key] }] };
}

/** The places of the value at a path, the one that counts first. */
export function findPlaces(trace: Trace, path: DocumentPath): readonly Place[] {
  let found = trace;
  for (const key of path) found = traceChild(found, key);
  return found.places;
}

/** The value at a key, with its trace. */
export function openChild({ value, trace }: Traced, key: Key): Traced {
  return { value: (value as Record<Key, unknown>)[key], trace: traceChild(trace, key) };
}

/** A map of traced values; the places are those of the map itself. */
export function joinMap(entries: Iterable<readonly [string, Traced]>, places: readonly Place[]): Traced {
  const value: Record<string, unknown> = Object.create(null);
  const children = new Map<Key, Trace>();
  for (const [key, child] of entries) {
    value[key] = child.value;
    children.set(key, child.trace);
  }
  return { value, trace: { places, children } };
}

/** A list of traced values. */
export function joinList(items: readonly Traced[], places: readonly Place[]): Traced {
  return {
    value: items.map(({ value }) => value),
    trace: { places, children: new Map(items.map(({ trace }, index) => [index, trace])) },
  };
}

/** The elements of a list, each with its trace; none for what is no list. */
export function openList(list: Traced): Traced[] {
  return Array.isArray(list.value) ? list.value.map((_, index) => openChild(list, index)) : [];
}

/** The keys of a map with their values; none for what is no map. */
export function openMap(map: Traced): [string, Traced][] {
  if (!isMap(map.value)) return [];
  return Object.keys(map.value).map((key) => [key, openChild(map, key)]);
}

/** True for maps, not for lists. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
