import type { InheritedName } from '../names/inherited.ts';
import type { LanguageDocument } from '../open-document.ts';
import type { Position } from '../types.ts';
import { completeElements } from './complete-elements.ts';
import { completeKeys } from './complete-keys.ts';
import { completeSkeleton } from './complete-skeleton.ts';
import { completeValues } from './complete-values.ts';
import { completeVariables } from './complete-variables.ts';
import { findContext } from './find-context.ts';
import type { CompletionItem } from './types.ts';

/**
 * What may be put in at a place, in a devfile of any version that may be half written: fields of the version named with those they need,
 * values the schema lists, names of components, commands, starter projects, remotes and variables, new list elements.
 * `inherited`: what parents bring in (`listInherited`).
 */
export function complete(
  document: LanguageDocument,
  position: Position,
  inherited: readonly InheritedName[] = [],
): CompletionItem[] {
  const offset = document.lines.offsetAt(position);
  const variables = completeVariables(document, offset, inherited);
  if (variables !== undefined) return variables;
  const context = findContext(document, offset);
  if (context === undefined) return [];
  const isEmpty = context.path.length === 0 && (context.map?.entries.length ?? 1) === 1;
  if (context.kind === 'value') return completeValues(document, context, inherited);
  if (context.kind === 'item') return completeElements(document, context);
  const isElement = typeof context.path.at(-1) === 'number' && (context.map?.entries.length ?? 1) === 1;
  return [
    ...(isEmpty ? completeSkeleton(document, context) : []),
    ...(isElement ? completeElements(document, context) : []),
    ...completeKeys(document, context),
  ];
}
