import { createWriteStream, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { AppError } from '@devstead/kit';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { type ArchiveLimits, archiveLimits } from './archive-limits.ts';
import { type ArchiveItem, readItems, refuse, showName } from './read-archive.ts';

export interface ExtractOptions {
  /** The folder of the archive that stands for the whole. */
  readonly subDir?: string;
  readonly limits?: ArchiveLimits;
  readonly signal?: AbortSignal;
}

/**
 * Unpacks a zip archive into a folder that does not exist yet and that nobody else writes to; returns the number of
 * files. Only plain files, folders, and links that stay inside are made, links last, so that nothing is ever written
 * through one; of a file's mode only whether it may be executed counts. After a failure the folder is half-filled: it
 * is the caller's to remove. Throws ARCHIVE_REFUSED, PROJECT_FAILED.
 */
export async function extractArchive(archive: string, target: string, options: ExtractOptions = {}): Promise<number> {
  const { subDir, limits = archiveLimits, signal } = options;
  const archiveBytes = statSync(archive).size;
  const zip = await open(archive);
  try {
    if (zip.entryCount > limits.entries) throw refuse(`it has ${zip.entryCount} entries`);
    const items = readItems(await listEntries(zip), {
      archiveBytes,
      limits,
      ...(subDir === undefined ? {} : { subDir }),
    });
    const links: { readonly path: string; readonly to: string }[] = [];
    for (const item of items.filter(({ kind }) => kind === 'link'))
      links.push({ path: item.path, to: await readLink(zip, item, limits) });
    mkdirSync(target, { mode: 0o755 });
    for (const { kind, path } of items) {
      mkdirSync(join(target, kind === 'folder' ? path : dirname(path)), { recursive: true, mode: 0o755 });
    }
    const files = items.filter(({ kind }) => kind === 'file');
    for (const item of files) {
      signal?.throwIfAborted();
      await writeFile(zip, item, join(target, item.path));
    }
    for (const { path, to } of links) symlinkSync(to, join(target, path));
    return files.length;
  } finally {
    zip.close();
  }
}

async function open(archive: string): Promise<ZipFile> {
  try {
    return await openPromise(archive, { autoClose: false, lazyEntries: true });
  } catch (error) {
    throw explain(error);
  }
}

async function listEntries(zip: ZipFile): Promise<Entry[]> {
  try {
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) entries.push(entry);
    return entries;
  } catch (error) {
    throw explain(error);
  }
}

/** What the reader of archives says is a fault of the archive; what the machine says is passed on. */
function explain(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof AppError || (code !== undefined && /^E[A-Z]+$/.test(code))) return error;
  return refuse(message.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?').slice(0, 200));
}

async function writeFile(zip: ZipFile, { entry, isExecutable }: ArchiveItem, path: string): Promise<void> {
  let sum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
  });
  try {
    // A name that is there already (on a file system that takes `A` for `a`) is not written over.
    const out = createWriteStream(path, { flags: 'wx', mode: isExecutable ? 0o755 : 0o644 });
    await pipeline(await zip.openReadStreamPromise(entry), check, out);
  } catch (error) {
    throw explain(error);
  }
  if (sum !== entry.crc32) throw refuse(`${showName(entry.fileName)} is damaged`);
}

/**
 * The target of a link, when it stays in the project whatever else is a link there: some `..` to folders above, which
 * are real ones, then names only.
 */
async function readLink(zip: ZipFile, { entry, path }: ArchiveItem, limits: ArchiveLimits): Promise<string> {
  const shown = showName(path);
  if (entry.uncompressedSize > limits.linkBytes) throw refuse(`the link ${shown} is too long`);
  let text = '';
  try {
    for await (const chunk of (await zip.openReadStreamPromise(entry)).setEncoding('utf8')) text += String(chunk);
  } catch (error) {
    throw explain(error);
  }
  const words = text.split('/');
  const firstName = words.findIndex((word) => word !== '..');
  const names = firstName < 0 ? [] : words.slice(firstName);
  const ups = words.length - names.length;
  const depth = path.split('/').length - 1;
  const isPlain = text !== '' && !/[\u0000-\u001f\u007f-\u009f\\]/.test(text) && !text.startsWith('/');
  const isGit = names.some((word) => word.toLowerCase() === '.git');
  if (!isPlain || isGit || names.includes('..') || ups > depth) throw refuse(`the link ${shown} leads out of it`);
  return text;
}
