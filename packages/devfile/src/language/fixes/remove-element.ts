import { hasOwnLines, removeLines } from './text-of.ts';
import type { Fixer } from './types.ts';

/** Takes out the list element that a problem with its name is in. */
export function removeElement(title: string): Fixer {
  return ({ document, spot }) => {
    const element = spot?.trail.at(-2);
    const listed = spot?.trail.at(-3)?.value;
    const isElement = typeof element?.step === 'number' && listed?.kind === 'list' && listed.items.length > 1;
    if (!isElement || !hasOwnLines(document, element.span)) return [];
    return [{ title, changes: [removeLines(document, element.span)], isSafe: false }];
  };
}
