import { isDistributionFileName } from '../../names/parse-distribution-name.ts';
import type { Hashes, ListedFile } from './listed-project.ts';

const longestUrl = 4096;
const longestReason = 2000;
const longestSpecifier = 500;
const timePattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(?:Z|\+00:00)$/;

/** Length in hexadecimal of the digests that are taken from other indexes. */
const digestLengths: Readonly<Record<string, number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

/** What is said of a file besides its address, each as it was written. */
export interface LinkWords {
  readonly requiresPython?: string | undefined;
  readonly yanked?: string | undefined;
  readonly coreMetadata?: Hashes | undefined;
  readonly uploadTime?: string | undefined;
  readonly sizeBytes?: number | undefined;
}

/**
 * A file from its address and what is said of it. Undefined for what is no http(s) address of a distribution. A word
 * that makes no sense is left out; the file stays.
 */
export function readLink(href: string, base: URL, hashes: Hashes, words: LinkWords): ListedFile | undefined {
  const url = href.length > longestUrl ? null : URL.parse(href, base.href);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  const filename = readFileName(url.pathname);
  if (filename === undefined || !isDistributionFileName(filename)) return undefined;
  const { requiresPython, yanked, coreMetadata, sizeBytes } = words;
  const uploadTime = normalizeTime(words.uploadTime);
  url.hash = '';
  return {
    filename,
    url: url.href,
    hashes,
    ...(isSpecifier(requiresPython) ? { requiresPython } : {}),
    ...(yanked === undefined ? {} : { yanked: yanked.slice(0, longestReason) }),
    ...(coreMetadata === undefined ? {} : { coreMetadata }),
    ...(sizeBytes !== undefined && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0 ? { sizeBytes } : {}),
    ...(uploadTime === undefined ? {} : { uploadTime }),
  };
}

/** The hashes of a URL's fragment (`sha256=…`), of which one is usual (PEP 503). */
export function readFragment(href: string): Hashes {
  const hash = href.indexOf('#');
  if (hash === -1) return {};
  return keepHashes(
    href
      .slice(hash + 1)
      .split('&', 8)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const),
  );
}

/** The attribute `data-core-metadata`: `true` (no hashes) or `sha256=…`; undefined for anything else (PEP 714). */
export function readMetadataAttribute(value: string): Hashes | undefined {
  if (value === 'true') return {};
  const hashes = readFragment(`#${value}`);
  return Object.keys(hashes).length > 0 ? hashes : undefined;
}

/** Those digests whose algorithm is known and whose length is right, in lower case. */
export function keepHashes(pairs: Iterable<readonly [string, unknown]>): Hashes {
  const kept: [string, string][] = [];
  for (const [name, value] of pairs) {
    if (typeof value !== 'string' || !Object.hasOwn(digestLengths, name)) continue;
    if (value.length === digestLengths[name] && /^[0-9a-f]+$/i.test(value)) kept.push([name, value.toLowerCase()]);
  }
  return Object.fromEntries(kept);
}

function readFileName(path: string): string | undefined {
  const last = path.slice(path.lastIndexOf('/') + 1);
  try {
    return last.includes('%') ? decodeURIComponent(last) : last;
  } catch {
    return undefined;
  }
}

/** Letters that specifiers are made of; the text goes into our pages. */
function isSpecifier(text: string | undefined): text is string {
  return text !== undefined && text !== '' && text.length <= longestSpecifier && /^[\w\s.*+!<>=~,|()'"-]*$/.test(text);
}

function normalizeTime(text: string | undefined): string | undefined {
  const match = text === undefined || text.length > 40 ? null : timePattern.exec(text);
  if (match === null) return undefined;
  const [, seconds = '', fraction = ''] = match;
  // Microseconds are the most that readers of PEP 700 take.
  return Number.isNaN(Date.parse(`${seconds}Z`)) ? undefined : `${seconds}${fraction.slice(0, 7)}Z`;
}
