import { AppError } from '@devstead/kit';
import type { Entry } from 'yauzl';
import type { ArchiveLimits } from './archive-limits.ts';

/** One thing an archive holds, with its path below the project: plain words apart by `/`. */
export interface ArchiveItem {
  readonly kind: 'file' | 'folder' | 'link';
  readonly path: string;
  readonly isExecutable: boolean;
  readonly entry: Entry;
}

interface ReadOptions {
  /** Size of the archive itself. */
  readonly archiveBytes: number;
  /** The folder that stands for the whole project. */
  readonly subDir?: string;
  readonly limits: ArchiveLimits;
}

/**
 * Judges everything an archive holds before any of it is written. A folder that all of it lies in is left out, as
 * archives of repositories have one. Throws ARCHIVE_REFUSED for what could be written elsewhere, is no file or folder,
 * or is too much; PROJECT_FAILED where there is no `subDir`.
 */
export function readItems(entries: readonly Entry[], { archiveBytes, subDir, limits }: ReadOptions): ArchiveItem[] {
  checkAmount(entries, archiveBytes, limits);
  const items = entries.map((entry) => readItem(entry, limits)).filter(({ path }) => !/^__MACOSX(\/|$)/.test(path));
  checkPlaces(items);
  const inside = takeFolder(items, findTopFolder(items));
  if (subDir === undefined) return inside;
  const chosen = takeFolder(inside, subDir);
  if (chosen.length > 0) return chosen;
  throw new AppError('PROJECT_FAILED', `the archive has no folder ${subDir}`);
}

export function refuse(reason: string): AppError {
  return new AppError('ARCHIVE_REFUSED', `the archive is not unpacked: ${reason}`);
}

/** A name from an archive as a message may show it. */
export function showName(name: string): string {
  const short = name.length > 80 ? `${name.slice(0, 80)}…` : name;
  return JSON.stringify(short.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '?'));
}

function checkAmount(entries: readonly Entry[], archiveBytes: number, limits: ArchiveLimits): void {
  if (entries.length > limits.entries) throw refuse(`it has ${entries.length} entries`);
  const total = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  if (!(total <= limits.totalBytes)) throw refuse(`it unpacks to ${total} bytes`);
  if (total > limits.freeBytes && total > archiveBytes * limits.ratio)
    throw refuse(`${archiveBytes} bytes unpack to ${total}`);
}

function readItem(entry: Entry, limits: ArchiveLimits): ArchiveItem {
  const { fileName } = entry;
  const shown = showName(fileName);
  if (fileName === '' || /[\u0000-\u001f\u007f-\u009f]/.test(fileName)) throw refuse(`${shown} is no name of a file`);
  if (fileName.startsWith('/') || /^[a-z]:/i.test(fileName)) throw refuse(`${shown} is an absolute path`);
  const words = fileName.split(/[/\\]/).filter((word) => word !== '' && word !== '.');
  if (words.includes('..')) throw refuse(`${shown} leads out of the project`);
  if (words.some((word) => word.toLowerCase() === '.git')) throw refuse(`${shown} is inside Git's own folder`);
  const isLong = words.some((word) => Buffer.byteLength(word) > limits.nameBytes);
  const path = words.join('/');
  if (isLong || Buffer.byteLength(path) > limits.pathBytes) throw refuse(`${shown} is too long a name`);
  if (words.length > limits.depth) throw refuse(`${shown} lies more than ${limits.depth} folders deep`);
  const kind = readKind(entry, shown);
  if (kind !== 'folder' && path === '') throw refuse(`${shown} is no name of a file`);
  if (!entry.canDecodeFileData()) {
    throw refuse(`${shown} is encrypted, or packed by a method other than deflate`);
  }
  return { kind, path, isExecutable: (unixMode(entry) & 0o111) !== 0, entry };
}

/** The mode that Unix programs put in the upper half of the external attributes; 0 where another system made the entry. */
function unixMode({ versionMadeBy, externalFileAttributes }: Entry): number {
  const system = versionMadeBy >>> 8;
  return system === 3 || system === 19 ? externalFileAttributes >>> 16 : 0;
}

/** Types of files of stat(2). */
const types = { mask: 0o170000, file: 0o100000, folder: 0o040000, link: 0o120000 } as const;

function readKind(entry: Entry, shown: string): ArchiveItem['kind'] {
  const isNamedFolder = /[/\\]$/.test(entry.fileName);
  const type = unixMode(entry) & types.mask;
  if (type === types.link && !isNamedFolder) return 'link';
  if (isNamedFolder && (type === 0 || type === types.folder)) {
    if (entry.uncompressedSize > 0) throw refuse(`${shown} is a folder with content`);
    return 'folder';
  }
  if (!isNamedFolder && (type === 0 || type === types.file)) return 'file';
  if (!isNamedFolder && type === types.folder && entry.uncompressedSize === 0) return 'folder';
  throw refuse(`${shown} is neither a file, a folder nor a link`);
}

/** Each path once, and nothing below what is no folder. */
function checkPlaces(items: readonly ArchiveItem[]): void {
  const kinds = new Map<string, ArchiveItem['kind']>();
  for (const { path, kind } of items) {
    const before = kinds.get(path);
    if (before !== undefined && !(before === 'folder' && kind === 'folder'))
      throw refuse(`it has ${showName(path)} twice`);
    kinds.set(path, kind);
  }
  for (const { path } of items) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const above = kinds.get(path.slice(0, end));
      if (above !== undefined && above !== 'folder') throw refuse(`${showName(path)} lies below what is no folder`);
    }
  }
}

/** The one folder that everything lies in; empty when there is none. */
function findTopFolder(items: readonly ArchiveItem[]): string {
  const named = items.filter(({ path }) => path !== '');
  const tops = new Set(named.map(({ path }) => path.split('/')[0] ?? ''));
  const [top = ''] = tops;
  return tops.size === 1 && named.every(({ path, kind }) => path !== top || kind === 'folder') ? top : '';
}

function takeFolder(items: readonly ArchiveItem[], folder: string): ArchiveItem[] {
  if (folder === '') return items.filter(({ path }) => path !== '');
  return items.flatMap((item) =>
    item.path.startsWith(`${folder}/`) ? [{ ...item, path: item.path.slice(folder.length + 1) }] : [],
  );
}
