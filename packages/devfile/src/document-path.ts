import type { DocumentPath } from './types.ts';

/** The value at a path, or undefined where there is none. Only a map's own keys count. */
export function getAt(root: unknown, path: DocumentPath): unknown {
  let value = root;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<string | number, unknown>)[segment];
  }
  return value;
}

/**
 * A path for people, list elements by their name where they have one: `components.python-dev.container.image`,
 * `components.0.container` where the element has none.
 */
export function formatPath(path: DocumentPath, root: unknown): string {
  let value = root;
  const words: string[] = [];
  for (const segment of path) {
    value = getAt(value, [segment]);
    const name =
      typeof segment === 'number' ? ['name', 'alias', 'id'].map((key) => getAt(value, [key])).find(isName) : undefined;
    words.push(isName(name) ? name : String(segment));
  }
  return words.join('.');
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

const longestText = 400;

/** Cuts what a file brings into a message: one file may have a name of half a megabyte a thousand times. */
export function cutText(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}...` : text;
}
