import { escapeHtml } from '@devstead/kit/pages';
import type { ProjectPage, ReleaseFile } from '../source.ts';
import { type LinkPrefixes, linkFile, type PagePlace, relateLinks } from './page-place.ts';
import { apiVersion } from './render-json.ts';

/**
 * A project's page in HTML (PEP 503, 592, 629, 658, 708, 714, 792), with `data-upload-time` as upstream indexes write it.
 * What is held back and notes for people stand as lines of text, which installers overlook.
 */
export function renderHtmlPage(page: ProjectPage, place: PagePlace): string {
  const prefixes = relateLinks(place);
  const title = escapeHtml(`${place.index}: links for ${page.name}`);
  const head = [
    ...(page.isPrivate === true ? [meta('devstead:private', 'true')] : []),
    ...(page.status === undefined ? [] : [meta('pypi:project-status', page.status.status)]),
    ...(page.status?.reason === undefined ? [] : [meta('pypi:project-status-reason', page.status.reason)]),
    ...(page.tracks ?? []).map((url) => meta('pypi:tracks', url)),
    ...(page.alternateLocations ?? []).map((url) => meta('pypi:alternate-locations', url)),
  ];
  const notes = [
    ...(page.notes ?? []),
    ...(page.staleSince === undefined
      ? []
      : [`Upstream cannot be reached; this is what it said at ${page.staleSince}.`]),
    ...(page.withheld ?? []).map(({ file, rule, reason }) => `${file.filename} is held back (${rule}): ${reason}`),
  ];
  return layOut(title, head, [
    ...notes.map((note) => `<p>INFO: ${escapeHtml(note)}</p>`),
    ...page.files.map((file) => renderFile(file, place, prefixes)),
  ]);
}

/** The list of projects in HTML (PEP 503); links are relative to the page, which ends with a slash. */
export function renderHtmlList(names: readonly string[], index: string): string {
  const links = names.map((name) => `<a href="${encodeURIComponent(name)}/">${escapeHtml(name)}</a><br>`);
  return layOut(escapeHtml(`${index}: projects`), [], links);
}

function layOut(title: string, head: readonly string[], lines: readonly string[]): string {
  return [
    '<!DOCTYPE html>',
    '<html>',
    '<head>',
    '<meta charset="utf-8">',
    meta('pypi:repository-version', apiVersion),
    ...head,
    `<title>${title}</title>`,
    '</head>',
    '<body>',
    `<h1>${title}</h1>`,
    ...lines,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function meta(name: string, content: string): string {
  return `<meta name="${name}" content="${escapeHtml(content)}">`;
}

function renderFile(file: ReleaseFile, place: PagePlace, prefixes: LinkPrefixes): string {
  const { coreMetadata, yanked, requiresPython, uploadTime } = file;
  const metadata = coreMetadata === undefined ? undefined : (showHash(coreMetadata) ?? 'true');
  const hash = showHash(file.hashes);
  const attributes = [
    attribute('href', `${linkFile(file, place, prefixes)}${hash === undefined ? '' : `#${hash}`}`),
    ...(metadata === undefined
      ? []
      : [attribute('data-dist-info-metadata', metadata), attribute('data-core-metadata', metadata)]),
    ...(requiresPython === undefined ? [] : [attribute('data-requires-python', requiresPython)]),
    ...(yanked === undefined ? [] : [attribute('data-yanked', yanked)]),
    ...(uploadTime === undefined ? [] : [attribute('data-upload-time', uploadTime)]),
  ];
  return `<a ${attributes.join(' ')}>${escapeHtml(file.filename)}</a><br>`;
}

function attribute(name: string, value: string): string {
  return `${name}="${escapeHtml(value)}"`;
}

/** The strongest hash, as fragments and attributes have it: `sha256=…`. */
function showHash(hashes: Readonly<Record<string, string>>): string | undefined {
  const { sha256 } = hashes;
  if (sha256 !== undefined) return `sha256=${sha256}`;
  const [first] = Object.entries(hashes).sort(([, left], [, right]) => right.length - left.length);
  return first === undefined ? undefined : `${first[0]}=${first[1]}`;
}
