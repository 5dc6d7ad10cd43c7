import { findNearestName } from '@devstead/kit';
import { getAt } from './document-path.ts';
import { droppedFields, innerFields, newFields, otherNames, otherWays } from './field-words-table.ts';
import type { DocumentPath } from './types.ts';

/** An object, a field it must not have, and the fields it may have. */
export interface UnknownField {
  readonly path: DocumentPath;
  readonly value: unknown;
  readonly field: string;
  readonly known: readonly string[];
}

/** The field that an unknown one was meant for, if one is near or other formats call it so. */
export function suggestMeant({ value, field, known }: UnknownField): string | undefined {
  const free = known.filter((name) => getAt(value, [name]) === undefined);
  const sameWord = free.find((name) => name.toLowerCase() === field.toLowerCase());
  const other = lookUp(otherNames, field)?.find((name) => free.includes(name));
  return sameWord ?? other ?? findNearestName(field, free);
}

/** True when other formats call a field so. */
export function isOtherName(field: string, name: string): boolean {
  return lookUp(otherNames, field)?.includes(name) === true;
}

/** What to do about an unknown field, as one sentence. */
export function explainUnknownField(unknown: UnknownField): string {
  const { path, field, known } = unknown;
  const kind = toKind(path);
  const since = lookUp(lookUp(newFields, kind) ?? {}, field);
  if (since !== undefined) return `\`${field}\` came with version ${since}: raise \`schemaVersion\`.`;
  const holder = findHolder(unknown);
  if (holder !== undefined) return `It belongs in \`${holder}\`: move it there, two columns further in.`;
  if (isNameAsKey(unknown)) return `Write \`name: ${field}\`, and below it \`value:\` with the text.`;
  const way = lookUp(lookUp(otherWays, String(path.at(-1))) ?? {}, field);
  if (way !== undefined) return way;
  const meant = suggestMeant(unknown);
  if (meant !== undefined) return `Did you mean \`${meant}\`?`;
  return lookUp(droppedFields, field) ?? `Fields known here: ${known.join(', ')}.`;
}

/** The field of the same object that an unknown field belongs in, one level further in; of several, one that is there. */
export function findHolder({ path, value, field }: Pick<UnknownField, 'path' | 'value' | 'field'>): string | undefined {
  const holders = lookUp(lookUp(innerFields, toKind(path)) ?? {}, field) ?? [];
  return holders.find((name) => getAt(value, [name]) !== undefined) ?? holders[0];
}

/** True for an element of `env` that has the variable's name as its one key: `- NAME: text`. */
export function isNameAsKey({ path, value, known }: Pick<UnknownField, 'path' | 'value' | 'known'>): boolean {
  const isElement = path.at(-2) === 'env' && typeof path.at(-1) === 'number';
  return (
    isElement && known.every((name) => getAt(value, [name]) === undefined) && Object.keys(value ?? {}).length === 1
  );
}

/** The kind of object at a path, of a parent's overrides too: `components.*.container`. */
function toKind(path: DocumentPath): string {
  const own = path[0] === 'parent' ? path.slice(1) : path;
  return own.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
}

/** Tables are asked for names of the user's, which may be those of every object. */
function lookUp<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
