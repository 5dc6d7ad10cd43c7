import type { DocumentPath } from '../../types.ts';

/** A path of a kind of place: `*` is any element of a list or any name. */
export type PathPattern = string;

/** Overrides of a parent have the same elements as the devfile itself. */
export function withoutParent(path: DocumentPath): DocumentPath {
  return path[0] === 'parent' ? path.slice(1) : path;
}

/** True when the path is of that kind. */
export function matchesPath(path: DocumentPath, pattern: PathPattern): boolean {
  const words = pattern.split('.');
  return words.length === path.length && words.every((word, index) => word === '*' || word === path[index]);
}
