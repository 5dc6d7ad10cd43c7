import type { Problem } from '../problem.ts';
import { listNames } from './override.ts';
import { findPlaces, joinList, joinMap, openChild, openList, openMap, type Place, type Traced } from './trace.ts';

/** The parts of a devfile that are merged; the rest stays as the main devfile has it. */
const mergedLists = ['components', 'commands', 'projects', 'starterProjects', 'dependentProjects'];
const mergedMaps = ['attributes', 'variables'];
const eventNames = ['preStart', 'postStart', 'preStop', 'postStop'];
const order = ['schemaVersion', 'metadata', ...mergedMaps, ...mergedLists, 'events'];

/** A problem in one file of several. */
export interface PlacedProblem extends Problem {
  readonly place: Place;
}

/** What a parent or a plugin brings, its own imports merged and its overrides applied. */
export interface Contribution {
  readonly kind: 'parent' | 'plugin';
  readonly content: Traced;
}

/**
 * The devfile with what its parent and its plugins bring: lists and maps joined (parent, plugins, main), events united with
 * each command where it came first, `parent` and plugin components gone (devfile-v2 1.5). An element that is there twice
 * gives `devfile.already-imported`.
 */
export function mergeContent(
  main: Traced,
  contributions: readonly Contribution[],
): { readonly merged: Traced; readonly problems: readonly PlacedProblem[] } {
  const contents = [...contributions.map(({ content }) => content), main];
  const places = main.trace.places;
  const own = new Map(openMap(main));
  const joined = new Map<string, Traced>();
  for (const field of order) {
    const merged = mergeField(field, contents, main, places);
    if (merged !== undefined) joined.set(field, merged);
  }
  for (const [field, value] of own) if (field !== 'parent' && !order.includes(field)) joined.set(field, value);
  return { merged: joinMap(joined, places), problems: findConflicts(main, contributions) };
}

function mergeField(
  field: string,
  contents: readonly Traced[],
  main: Traced,
  places: readonly Place[],
): Traced | undefined {
  const written = (content: Traced): boolean => (content.value as Record<string, unknown>)[field] !== undefined;
  const at = places.map((place) => ({ ...place, path: [...place.path, field] }));
  if (!contents.some(written)) return undefined;
  const parts = contents.filter(written).map((content) => openChild(content, field));
  if (mergedLists.includes(field)) {
    const elements = parts.flatMap(openList).filter(({ value }) => !isPlugin(field, value));
    return elements.length === 0 && !written(main) ? undefined : joinList(elements, at);
  }
  if (mergedMaps.includes(field)) return joinMap(parts.flatMap(openMap), at);
  if (field === 'events') return mergeEvents(parts, at);
  return written(main) ? openChild(main, field) : undefined;
}

function isPlugin(field: string, value: unknown): boolean {
  return field === 'components' && (value as Record<string, unknown>)['plugin'] !== undefined;
}

function mergeEvents(parts: readonly Traced[], at: readonly Place[]): Traced {
  const events = new Map<string, Traced>();
  for (const name of eventNames) {
    const bound = new Map<unknown, Traced>();
    for (const part of parts) {
      for (const command of openList(openChild(part, name))) {
        if (!bound.has(command.value)) bound.set(command.value, command);
      }
    }
    const isWritten = parts.some(({ value }) => (value as Record<string, unknown>)[name] !== undefined);
    const places = at.map((place) => ({ ...place, path: [...place.path, name] }));
    if (isWritten) events.set(name, joinList([...bound.values()], places));
  }
  return joinMap(events, at);
}

const words: Readonly<Record<string, string>> = {
  components: 'component',
  commands: 'command',
  projects: 'project',
  starterProjects: 'starter project',
  dependentProjects: 'dependent project',
  attributes: 'attribute',
  variables: 'variable',
};

/** Between two plugins only the rules for one devfile hold. */
function findConflicts(main: Traced, contributions: readonly Contribution[]): PlacedProblem[] {
  const parent = contributions.find(({ kind }) => kind === 'parent');
  return Object.keys(words).flatMap((field) =>
    contributions.flatMap((contribution) => [
      ...findShared(field, main, contribution),
      ...(parent === undefined || contribution === parent ? [] : findShared(field, parent.content, contribution)),
    ]),
  );
}

function findShared(field: string, main: Traced, { kind, content }: Contribution): PlacedProblem[] {
  const brought = listKeysOf(field, content);
  return [...listKeysOf(field, main)].flatMap(([name, own]): PlacedProblem[] => {
    const other = brought.get(name);
    const place = own.trace.places[0];
    if (other === undefined || place === undefined) return [];
    const origin = other.trace.places[0]?.source.file ?? `the ${kind}`;
    return [
      {
        code: 'devfile.already-imported',
        severity: 'error',
        place,
        path: place.path,
        at: 'key',
        message: `the ${words[field]} ${name} comes from ${origin} already`,
        hint: `To change it, write it under \`${field}\` of the \`${kind}\`; to have both, rename this one.`,
      },
    ];
  });
}

/** The names of a list's elements or of a map's keys, each with its place. */
function listKeysOf(field: string, content: Traced): Map<string, Traced> {
  const part = openChild(content, field);
  return mergedMaps.includes(field) ? new Map(openMap(part)) : listNames(part, field);
}

/** What an override names and the devfile overridden does not have: `devfile.override-unknown`. */
export function findUnknownOverrides(
  overrides: Traced,
  content: Traced,
  kind: Contribution['kind'],
): readonly PlacedProblem[] {
  return Object.keys(words).flatMap((field) => {
    const known = listKeysOf(field, content);
    return [...listKeysOf(field, overrides)].flatMap(([name, { trace }]): PlacedProblem[] => {
      const place = findPlaces(trace, [])[0];
      if (known.has(name) || place === undefined) return [];
      return [
        {
          code: 'devfile.override-unknown',
          severity: 'error',
          place,
          path: place.path,
          at: mergedMaps.includes(field) ? 'key' : 'value',
          message: `the ${kind} has no ${words[field]} ${name} that could be changed here`,
          misspelt: { written: name, known: [...known.keys()] },
        },
      ];
    });
  });
}
