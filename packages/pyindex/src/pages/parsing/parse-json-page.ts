import { type Hashes, isStatusMarker, type ListedFile, type ListedProject } from './listed-project.ts';
import { mostFilesOnPage, mostProjectsOnPage, PageRefused } from './page-refused.ts';
import { checkVersion } from './parse-html-page.ts';
import { keepHashes, readLink } from './read-link.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a project's page in JSON (PEP 691, 700, 714, 740, 792). `pageUrl` is where it came from, after redirects. Files
 * that are no distributions are left out. Throws `PageRefused` for what is no such page, or one with too many files.
 */
export function parseJsonPage(text: string, pageUrl: URL): ListedProject {
  const page = parseObject(text);
  if (!Array.isArray(page['files'])) throw new PageRefused('the page has no list of files');
  const entries: readonly unknown[] = page['files'];
  if (entries.length > mostFilesOnPage) throw new PageRefused(`the page has more than ${mostFilesOnPage} files`);
  const files = entries.flatMap((entry) => {
    const file = isObject(entry) ? readFile(entry, pageUrl) : undefined;
    return file === undefined ? [] : [file];
  });
  const versions = Array.isArray(page['versions'])
    ? (page['versions'] as readonly unknown[]).filter((version) => isShortText(version))
    : undefined;
  return { files, ...(versions === undefined ? {} : { versions }), ...readStatus(page), ...readPrivate(page) };
}

/** The names of all projects of an index (PEP 691). Throws `PageRefused`. */
export function parseJsonProjectList(text: string): string[] {
  const { projects } = parseObject(text);
  if (!Array.isArray(projects)) throw new PageRefused('the page has no list of projects');
  if (projects.length > mostProjectsOnPage)
    throw new PageRefused(`the page has more than ${mostProjectsOnPage} projects`);
  return (projects as readonly unknown[]).flatMap((entry) =>
    isObject(entry) && isShortText(entry['name']) ? [entry['name']] : [],
  );
}

function parseObject(text: string): JsonObject {
  let page: unknown;
  try {
    page = JSON.parse(text);
  } catch {
    throw new PageRefused('the page is no JSON');
  }
  if (!isObject(page)) throw new PageRefused('the page is no JSON object');
  const { meta } = page;
  const version = isObject(meta) ? meta['api-version'] : undefined;
  if (typeof version !== 'string') throw new PageRefused('the page does not say its format');
  checkVersion(version);
  return page;
}

function readFile(entry: JsonObject, pageUrl: URL): ListedFile | undefined {
  const { url } = entry;
  if (typeof url !== 'string') return undefined;
  const yanked = entry['yanked'];
  return readLink(url, pageUrl, readHashes(entry['hashes']), {
    requiresPython: readText(entry['requires-python']),
    yanked: yanked === true ? '' : readText(yanked),
    coreMetadata: readMetadata(entry['core-metadata'] ?? entry['dist-info-metadata']),
    uploadTime: readText(entry['upload-time']),
    sizeBytes: typeof entry['size'] === 'number' ? entry['size'] : undefined,
  });
}

function readMetadata(value: unknown): Hashes | undefined {
  return value === true || isObject(value) ? readHashes(value) : undefined;
}

function readHashes(value: unknown): Hashes {
  return isObject(value) ? keepHashes(Object.entries(value).slice(0, 20)) : {};
}

function readStatus(page: JsonObject): Pick<ListedProject, 'status'> {
  const marker = page['project-status'];
  if (!isObject(marker) || !isStatusMarker(marker['status'])) return {};
  const reason = readText(marker['reason'])?.slice(0, 2000);
  return { status: { status: marker['status'], ...(reason === undefined ? {} : { reason }) } };
}

function readPrivate(page: JsonObject): Pick<ListedProject, 'isPrivate'> {
  const own = page['_devstead'];
  return isObject(own) && own['private'] === true ? { isPrivate: true } : {};
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 200;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
