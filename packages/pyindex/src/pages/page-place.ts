import type { ReleaseFile } from '../source.ts';
import { addressFile } from './file-address.ts';

/** Where a page is read, which decides how its links go: relative, so that they hold behind every proxy. */
export interface PagePlace {
  /** `user/index`. */
  readonly index: string;
  /** Path of the page below the index as it was asked for, `+simple/six/`; empty for the index itself. */
  readonly path: string;
}

/** How links of a page begin: to files of its own index, and to those of others. */
export interface LinkPrefixes {
  readonly own: string;
  readonly root: string;
}

/** The prefixes for a page: `/u/i/+simple/six/` leads by `../../` to its index and by `../../../../` to the root. */
export function relateLinks({ index, path }: PagePlace): LinkPrefixes {
  if (path === '') return { own: `${encodeURI(index.split('/').at(-1) ?? '')}/`, root: '../' };
  const own = '../'.repeat(path.split('/').length - 1);
  return { own: own === '' ? './' : own, root: `${own}../../` };
}

/** The address of a file as a page links to it. */
export function linkFile(file: ReleaseFile, { index }: PagePlace, { own, root }: LinkPrefixes): string {
  if (file.isExternal === true && file.upstreamUrl !== undefined) return file.upstreamUrl;
  const start = file.origin.index === index ? own : `${root}${encodeURI(file.origin.index)}/`;
  return start + addressFile(file);
}
