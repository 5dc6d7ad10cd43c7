import { findNearNames } from '@devstead/kit';
import { ownerKind } from '../names/describe-name.ts';
import { findNameAt, listNames, type NamePlace } from '../names/list-names.ts';
import { findEntry, listChildren } from '../tree/node.ts';
import { insertBelow } from './text-of.ts';
import type { Fixer, Problem, Proposal } from './types.ts';

/** Shorter names that differ by a letter are often two names. */
const shortestCertain = 4;

/** A misspelt name becomes the one that is near; a volume that is missing may be added. */
export const fixUnknownName: Fixer = (problem) => {
  const names = listNames(problem.document);
  const used = findNameAt(names, problem.start) ?? findNameAt(names, problem.start + 1);
  if (used === undefined || used.isDefinition) return [];
  const isVolume = problem.diagnostic.code === 'devfile.unknown-volume';
  const known = names.filter(
    ({ kind, isDefinition, scope, name }) => kind === used.kind && isDefinition && scope === used.scope && name !== '',
  );
  const fitting = isVolume ? known.filter((name) => ownerKind(name) === 'volume') : known;
  const near = findNearNames(used.name, [...new Set(fitting.map(({ name }) => name))]).filter(
    (name) => name !== used.name,
  );
  return [
    ...near.map((name) => changeName(used, name, near.length === 1 && used.name.length >= shortestCertain)),
    ...(isVolume ? addVolume(problem, used.name) : []),
  ];
};

/** A variable that is near, or one that is added. Both make a valid file mean something else. */
export const fixUndefinedVariable: Fixer = (problem) => {
  const { document } = problem;
  const names = listNames(document);
  const used = names.find(
    ({ kind, isDefinition, span }) =>
      kind === 'variable' && !isDefinition && span.start >= problem.start && span.end <= problem.end,
  );
  if (used === undefined || used.name === '') return [];
  const known = names.filter(({ kind, isDefinition }) => kind === 'variable' && isDefinition).map(({ name }) => name);
  return [
    ...findNearNames(used.name, known).map((name) => changeName(used, name, false)),
    ...addVariable(problem, used.name),
  ];
};

/** Of several remotes, offers each as the one to check out. */
export const fixAmbiguousRemote: Fixer = ({ document, spot }) => {
  const git = findEntry(spot?.map, 'git')?.value ?? spot?.map;
  const remotes = findEntry(git, 'remotes');
  if (git?.kind !== 'map' || git.isFlow || remotes === undefined || findEntry(git, 'checkoutFrom') !== undefined) {
    return [];
  }
  const margin = ' '.repeat(document.lines.positionAt(git.start).character);
  return listChildren(remotes.value).map(({ step }) => ({
    title: `Check out ${step}`,
    changes: [insertBelow(document, remotes.end, [`${margin}checkoutFrom: { remote: ${step} }`])],
    isSafe: false,
  }));
};

function changeName({ name, span }: NamePlace, newText: string, isSafe: boolean): Proposal {
  return { title: `Change ${name} to ${newText}`, changes: [{ start: span.start, end: span.end, newText }], isSafe };
}

function addVolume({ document }: Problem, name: string): readonly Proposal[] {
  const list = findEntry(document.tree, 'components')?.value;
  const last = list?.kind === 'list' && !list.isFlow ? list.items.at(-1) : undefined;
  if (list === undefined || last === undefined || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) return [];
  const margin = ' '.repeat(document.lines.positionAt(list.start).character);
  const lines = [`${margin}- name: ${name}`, `${margin}  volume: {}`];
  return [{ title: `Add the volume ${name}`, changes: [insertBelow(document, last.end, lines)], isSafe: false }];
}

function addVariable({ document }: Problem, name: string): readonly Proposal[] {
  if (document.isJson || !/^[\w.-]+$/.test(name)) return [];
  const entry = findEntry(document.tree, 'variables');
  const title = `Define the variable ${name}`;
  const last = entry?.value?.kind === 'map' && !entry.value.isFlow ? entry.value.entries.at(-1) : undefined;
  if (last !== undefined) {
    const margin = ' '.repeat(document.lines.positionAt(last.start).character);
    return [{ title, changes: [insertBelow(document, last.end, [`${margin}${name}: ""`])], isSafe: false }];
  }
  const version = findEntry(document.tree, 'schemaVersion');
  if (entry !== undefined || version === undefined) return [];
  return [{ title, changes: [insertBelow(document, version.end, ['variables:', `  ${name}: ""`])], isSafe: false }];
}
