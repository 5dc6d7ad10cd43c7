import { Tokenizer } from 'htmlparser2';
import type { ProjectStatus } from '../../source.ts';
import { isStatusMarker, type ListedFile, type ListedProject } from './listed-project.ts';
import { mostFilesOnPage, PageRefused } from './page-refused.ts';
import { readFragment, readLink, readMetadataAttribute } from './read-link.ts';

/** An element's attributes that count here, entities resolved. */
type Attributes = ReadonlyMap<string, string>;

/**
 * Reads a project's page (PEP 503, 592, 629, 658, 714, 792). `pageUrl` is where it came from, after redirects. Linear in
 * the length of the text. Links that are no distributions are left out. Throws `PageRefused` for a page of an unknown
 * major version, and one with too many links.
 */
export function parseHtmlPage(text: string, pageUrl: URL): ListedProject {
  let base = pageUrl;
  let isBaseSet = false;
  let status: ProjectStatus['status'] | undefined;
  let reason: string | undefined;
  let isPrivate = false;
  const files: ListedFile[] = [];
  scanElements(text, (element, attributes) => {
    if (element === 'a') {
      const file = readAnchor(attributes, base);
      if (file === undefined) return;
      if (files.length >= mostFilesOnPage) throw new PageRefused(`the page has more than ${mostFilesOnPage} links`);
      files.push(file);
    } else if (element === 'base') {
      if (!isBaseSet) base = URL.parse(attributes.get('href') ?? '', pageUrl.href) ?? pageUrl;
      isBaseSet = true;
    } else {
      const content = attributes.get('content') ?? '';
      const name = attributes.get('name');
      if (name === 'pypi:repository-version') checkVersion(content);
      if (name === 'pypi:project-status' && isStatusMarker(content)) status = content;
      if (name === 'devstead:private') isPrivate = content === 'true';
      if (name === 'pypi:project-status-reason') reason = content.slice(0, 2000);
    }
  });
  return {
    files,
    ...(isPrivate ? { isPrivate } : {}),
    ...(status === undefined ? {} : { status: { status, ...(reason === undefined ? {} : { reason }) } }),
  };
}

/** The projects an index's page of all projects links to, by the names shown there (PEP 503). */
export function parseHtmlProjectList(text: string): string[] {
  const names: string[] = [];
  scanElements(text, (element, attributes) => {
    if (element !== 'a') return;
    const path = (attributes.get('href') ?? '').split(/[?#]/, 1)[0] ?? '';
    const words = path.split('/').filter((word) => word !== '');
    const last = words.at(-1);
    if (last !== undefined) names.push(last);
  });
  return names;
}

/** Throws `PageRefused` for a page whose format is not understood (PEP 629). */
export function checkVersion(version: string): void {
  if (!/^1\.[0-9]+$/.test(version))
    throw new PageRefused(`the page has format ${JSON.stringify(version.slice(0, 20))}`);
}

function readAnchor(attributes: Attributes, base: URL): ListedFile | undefined {
  const href = attributes.get('href')?.trim();
  if (href === undefined || href === '') return undefined;
  const metadata = attributes.get('data-core-metadata') ?? attributes.get('data-dist-info-metadata');
  return readLink(href, base, readFragment(href), {
    requiresPython: attributes.get('data-requires-python'),
    yanked: attributes.get('data-yanked'),
    coreMetadata: metadata === undefined ? undefined : readMetadataAttribute(metadata),
    uploadTime: attributes.get('data-upload-time'),
  });
}

const wantedElements: readonly string[] = ['a', 'base', 'meta'];
const noop = (): void => undefined;

/** Calls back for each opening tag of the three elements. The tokenizer keeps no tree, so nesting costs nothing. */
function scanElements(text: string, onElement: (element: string, attributes: Attributes) => void): void {
  let element: string | undefined;
  let attributes = new Map<string, string>();
  let name = '';
  let value = '';
  const finish = (): void => {
    const current = element;
    element = undefined;
    if (current !== undefined) onElement(current, attributes);
  };
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname: (start, end) => {
        const found = end - start > 4 ? '' : text.slice(start, end).toLowerCase();
        element = wantedElements.includes(found) ? found : undefined;
        attributes = new Map();
      },
      onattribname: (start, end) => {
        name = element === undefined ? '' : text.slice(start, end).toLowerCase();
        value = '';
      },
      onattribdata: (start, end) => {
        if (element !== undefined) value += text.slice(start, end);
      },
      onattribentity: (codepoint) => {
        if (element !== undefined) value += String.fromCodePoint(codepoint);
      },
      onattribend: () => {
        // As in browsers, the first of two attributes of one name counts.
        if (element !== undefined && !attributes.has(name)) attributes.set(name, value);
      },
      onopentagend: finish,
      onselfclosingtag: finish,
      oncdata: noop,
      onclosetag: noop,
      oncomment: noop,
      ondeclaration: noop,
      onend: noop,
      onprocessinginstruction: noop,
      ontext: noop,
      ontextentity: noop,
    },
  );
  tokenizer.write(text);
  tokenizer.end();
}
