import { lstatSync, opendirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { type DockerIgnore, isDockerIgnored, isFolderIgnored } from '../../docker-ignore/docker-ignore.ts';
import { throwIfInterrupted } from '../../images/lock.ts';

/** A file of a build's context. */
export interface ContextEntry {
  /** From the context's folder on, names parted by slashes. */
  readonly path: string;
  readonly type: 'folder' | 'file' | 'link';
  /** The permission bits. */
  readonly mode: number;
  readonly sizeBytes: number;
  /** Where a link points. */
  readonly target?: string;
  /** Changes whenever the file is written to or replaced. */
  readonly stamp: string;
}

/** What a context may hold. */
export interface ContextLimits {
  readonly mostFiles: number;
  readonly mostBytes: number;
}

/** More than builds of use have: what goes beyond is a forgotten `.dockerignore`. */
const defaultContextLimits: ContextLimits = { mostFiles: 250_000, mostBytes: 2 ** 33 };

interface WalkOptions {
  readonly ignore: DockerIgnore;
  readonly limits?: ContextLimits;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The files of a context that its `.dockerignore` lets in, folders before what is in them, by name. Links are not followed;
 * sockets, pipes and devices are passed over. Throws UNREADABLE_INPUT, USAGE when there are too many, INTERRUPTED.
 */
export function* walkContext(root: string, options: WalkOptions): Generator<ContextEntry> {
  const { ignore, limits = defaultContextLimits, signal } = options;
  const counts = new Map<string, number>();
  let [files, bytes] = [0, 0];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    throwIfInterrupted(signal);
    const below: string[] = [];
    for (const name of listNames(join(root, folder), limits.mostFiles)) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const entry = readEntry(root, path);
      if (entry === undefined) continue;
      const isFolder = entry.type === 'folder';
      // A folder is also left out when it only might hold something that is kept: it comes with what it holds.
      if (isFolder ? isFolderIgnored(ignore, path) : isDockerIgnored(ignore, path)) continue;
      if (isFolder) below.push(path);
      files += 1;
      bytes += entry.sizeBytes;
      const top = path.split('/')[0] ?? path;
      counts.set(top, (counts.get(top) ?? 0) + (files > limits.mostFiles ? 0 : 1));
      if (files > limits.mostFiles) throw tooMuch(root, `more than ${limits.mostFiles} files`, counts);
      if (bytes > limits.mostBytes)
        throw tooMuch(root, `more than ${Math.round(limits.mostBytes / 2 ** 20)} MiB`, counts);
      yield entry;
    }
    folders.push(...below.reverse());
  }
}

function tooMuch(root: string, what: string, counts: ReadonlyMap<string, number>): AppError {
  const largest = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
  return new AppError('USAGE', `the context ${root} has ${what}`, {
    hint: `Leave out what the image does not need by a .dockerignore, for example \`${largest}\`.`,
  });
}

function listNames(folder: string, most: number): string[] {
  const names: string[] = [];
  try {
    const handle = opendirSync(folder);
    try {
      for (let entry = handle.readSync(); entry !== null && names.length <= most; entry = handle.readSync())
        names.push(entry.name);
    } finally {
      handle.closeSync();
    }
  } catch (error) {
    throw new AppError('UNREADABLE_INPUT', `cannot read ${folder}`, { cause: error });
  }
  return names.sort();
}

function readEntry(root: string, path: string): ContextEntry | undefined {
  const file = join(root, path);
  const info = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  if (info === undefined) return undefined;
  const type = info.isDirectory() ? 'folder' : info.isFile() ? 'file' : info.isSymbolicLink() ? 'link' : undefined;
  if (type === undefined) return undefined;
  const target = type === 'link' ? readlinkSync(file) : undefined;
  const mode = Number(info.mode & 0o7777n);
  const sizeBytes = type === 'file' ? Number(info.size) : 0;
  // A folder's times change with files that are left out.
  const times = type === 'folder' ? '' : `${info.ino} ${info.mtimeNs} ${info.ctimeNs}`;
  return {
    path,
    type,
    mode,
    sizeBytes,
    ...(target === undefined ? {} : { target }),
    stamp: `${type} ${mode} ${sizeBytes} ${target ?? ''} ${times}`,
  };
}
