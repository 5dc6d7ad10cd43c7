import type { LanguageDocument } from '../open-document.ts';
import type { Position, Range, TextEdit } from '../types.ts';
import { findNameAt, isSameName, listNames, type NamePlace } from './list-names.ts';

/** Where the name at a place is given: the place of the name itself, one for each component, command or the like that has it. */
export function findDefinitions(document: LanguageDocument, position: Position): Range[] {
  const same = findSame(document, position);
  return toRanges(
    document,
    same.filter(({ isDefinition }) => isDefinition),
  );
}

/** Every place that has the name at a place, in the order of the text; with `isWithDefinition` also where it is given. */
export function findReferencesTo(document: LanguageDocument, position: Position, isWithDefinition: boolean): Range[] {
  const same = findSame(document, position);
  return toRanges(
    document,
    same.filter(({ isDefinition }) => isWithDefinition || !isDefinition),
  );
}

/** The name that would be renamed at a place; nothing where there is none, or where it is given in another file. */
export function findRenamed(
  document: LanguageDocument,
  position: Position,
): { range: Range; name: string } | undefined {
  const names = listNames(document);
  const name = findNameAt(names, document.lines.offsetAt(position));
  if (name === undefined || !names.some((other) => other.isDefinition && isSameName(other, name))) return undefined;
  return { range: document.lines.rangeOf(name.span), name: name.name };
}

/** Why a name cannot be the new one, as a sentence; nothing when it can. */
export function refuseName(document: LanguageDocument, position: Position, newName: string): string | undefined {
  const names = listNames(document);
  const name = findNameAt(names, document.lines.offsetAt(position));
  if (name === undefined) return 'There is no name here.';
  const isIdentifier = name.kind === 'component' || name.kind === 'command' || name.kind === 'starter project';
  if (isIdentifier && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(newName)) {
    return 'A name has lower-case letters, digits and dashes, a letter or digit at both ends, and at most 63 characters.';
  }
  if (!/^[\w.-]+$/.test(newName)) return 'A name has letters, digits, dots, dashes and underscores only.';
  const isTaken = names.some(
    (other) => other.isDefinition && other.name === newName && isSameName({ ...name, name: newName }, other),
  );
  return isTaken && newName !== name.name ? `There is already a ${name.kind} ${newName}.` : undefined;
}

/** The edits that give what is named at a place another name everywhere; none where `refuseName` has a reason. */
export function rename(document: LanguageDocument, position: Position, newName: string): TextEdit[] {
  if (findRenamed(document, position) === undefined || refuseName(document, position, newName) !== undefined) return [];
  return toRanges(document, findSame(document, position)).map((range) => ({ range, newText: newName }));
}

function findSame(document: LanguageDocument, position: Position): NamePlace[] {
  const names = listNames(document);
  const name = findNameAt(names, document.lines.offsetAt(position));
  return name === undefined ? [] : names.filter((other) => isSameName(other, name));
}

function toRanges({ lines }: LanguageDocument, names: readonly NamePlace[]): Range[] {
  return names.map(({ span }) => lines.rangeOf(span));
}
