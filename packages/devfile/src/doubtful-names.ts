import { findNearestName } from '@devstead/kit';
import { makeName } from './check-schema.ts';
import { getAt } from './document-path.ts';
import type { Problem } from './problem.ts';
import type { Repaired } from './repair-document.ts';
import type { DocumentPath } from './types.ts';

/** Elements that others name, and what is not known of them. */
export interface Section {
  /** Any element may be in it. */
  readonly isUnread: boolean;
  readonly hasNameless: boolean;
  /** Elements that are there and whose name or kind is at fault, in each form their name may be meant in. */
  readonly doubtful: ReadonlySet<string>;
}

/** An element without a name may have any, but a name that is nearly another's is that one, misspelt. */
export function isMeant({ isUnread, hasNameless, doubtful }: Section, misspelt: Problem['misspelt']): boolean {
  if (misspelt === undefined || isUnread || doubtful.has(misspelt.written)) return true;
  return hasNameless && findNearestName(misspelt.written, misspelt.known) === undefined;
}

const componentKinds = ['container', 'kubernetes', 'openshift', 'volume', 'image', 'plugin', 'custom'];
const commandKinds = ['exec', 'apply', 'composite', 'vscodeTask', 'vscodeLaunch'];
const kinds = new Set([...componentKinds, ...commandKinds]);

/** True for the field of a component or command that says of which kind it is. */
export function isKind(path: DocumentPath): boolean {
  return path.length === 3 && kinds.has(String(path[2]));
}

/** True also for a section that is not there when there is an unknown field: that may be what it was meant for. */
export function isSectionUnread(section: string, { document, faults }: Repaired): boolean {
  const isAbsent = getAt(document, [section]) === undefined;
  return faults.some(({ path }) => path.length === 1 && (path[0] === section || isAbsent));
}

/** Of `components` or `commands`. */
export function readSection(section: string, nameField: string, file: unknown, repaired: Repaired): Section {
  const own = repaired.faults.filter(({ path }) => path[0] === section);
  const unnamed = own.filter(({ path, filePath }) => {
    if (path.length === 2) return true;
    const written = getAt(file, filePath);
    return path.length === 3 && path[2] === nameField && (typeof written !== 'string' || written === '');
  });
  const indexes = new Set(
    own
      .filter(({ path }) => isKind(path) || (path.length === 3 && path[2] === nameField))
      .map(({ filePath }) => filePath[1]),
  );
  const elements = getAt(repaired.document, [section]);
  const names: unknown[] = (Array.isArray(elements) ? elements : [])
    .filter((_, index) => indexes.has(repaired.toFilePath([section, index])[1]))
    .map((element) => getAt(element, [nameField]));
  // A text in the place of an element is its name.
  for (const { path, filePath } of own) if (path.length === 2) names.push(getAt(file, filePath));
  return {
    isUnread: isSectionUnread(section, repaired),
    hasNameless: unnamed.length > 0,
    doubtful: new Set(
      names.filter(isText).flatMap((name) => [String(name), String(name).toLowerCase(), makeName(name)]),
    ),
  };
}

/** The text at a path, numbers and booleans in their words; empty where there is none. */
export function readText(root: unknown, path: DocumentPath): string {
  const value = getAt(root, path);
  return isText(value) ? String(value) : '';
}

/** True for what is a text once it is in quotes. */
function isText(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
