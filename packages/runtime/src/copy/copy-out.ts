import { randomBytes } from 'node:crypto';
import { statfsSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { AppError } from '@devstead/kit';
import type { ArchiveLimits } from '../archive/archive-tree.ts';
import { FolderWriter, type WrittenItem } from '../archive/folder-writer.ts';
import { OpenFolder } from '../archive/open-folder.ts';
import { TarReader } from '../archive/tar-reader.ts';
import { identify } from '../process/process-table.ts';
import { waitForClose } from '../process/run-process.ts';
import type { Runtime } from '../types.ts';
import {
  type CopyOptions,
  changedMeanwhile,
  failCopy,
  gatherErrors,
  missingPlace,
  missingTar,
} from './copy-failure.ts';
import { lastName, meansContent } from './copy-place.ts';
import { mergeItem } from './merge-item.ts';

/**
 * Sends what lies at `$1` as an archive: a folder as `./` and what is in it, a file as itself. A link that was named is
 * followed; links below it are sent as links.
 */
const sendScript = `command -v tar >/dev/null 2>&1 || exit ${missingTar}
[ -e "$1" ] || exit ${missingPlace}
place=$(readlink -f -- "$1") || exit ${missingPlace}
if [ -d "$place" ]; then exec tar -cf - -C "$place" .; fi
exec tar -cf - -C "$(dirname -- "$place")" -- "./$(basename -- "$place")"`;

/**
 * Copies a file or folder out of a container. The container is not trusted: see `FolderWriter`. It is unpacked beside
 * its place and moved there when it is whole; after a failure nothing is left. Throws COPY_FAILED, ARCHIVE_REFUSED.
 */
export async function copyOut(
  runtime: Runtime,
  source: { readonly container: string; readonly path: string },
  target: string,
  options: CopyOptions,
): Promise<WrittenItem & { readonly path: string }> {
  const place = findTarget(target, source.path);
  const parent = OpenFolder.open(place.folder);
  const staging = `.devstead-copy-${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    removeRemains(parent);
    parent.makeFolder(staging);
    const folder = parent.openFolder(staging);
    try {
      const written = await receive(runtime, source, folder, limitBySpace(options.limits, place.folder), options);
      if (place.name !== undefined) mergeItem(folder, item, parent, place.name);
      else mergeContent(folder, written, parent);
      return {
        ...written,
        path:
          place.name === undefined
            ? place.folder
            : resolve(place.folder, Buffer.from(place.name, 'latin1').toString('utf8')),
      };
    } finally {
      folder.close();
    }
  } finally {
    parent.remove(staging);
    parent.close();
  }
}

const item = 'item';

/** Removes what copies that were killed left in a folder. */
function removeRemains(folder: OpenFolder): void {
  for (const name of folder.list()) {
    const pid = /^\.devstead-copy-(\d+)-[0-9a-f]{12}$/.exec(name)?.[1];
    if (pid !== undefined && identify(Number(pid)) === undefined) folder.remove(name);
  }
}

/** Into which folder of this machine, under which name; no name: what is in the folder goes into the one there. */
function findTarget(target: string, source: string): { readonly folder: string; readonly name?: string } {
  const there = statSync(target, { throwIfNoEntry: false });
  const name = lastName(source);
  if (there?.isDirectory() === true) {
    const folder = resolve(target);
    if (meansContent(source)) return { folder };
    if (name === '' || name === '..') throw new AppError('USAGE', `${source} has no name to copy it under`);
    return { folder, name: toBytes(name) };
  }
  const folder = dirname(resolve(target));
  if (target.endsWith('/'))
    throw new AppError('COPY_FAILED', `there is no folder ${target}`, { hint: 'Make it first.' });
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new AppError('COPY_FAILED', `there is no folder ${folder}`, { hint: 'Make it first.' });
  return { folder, name: toBytes(basename(resolve(target))) };
}

/** A name as the bytes it has on disk, kept as latin1 text. */
function toBytes(name: string): string {
  return Buffer.from(name, 'utf8').toString('latin1');
}

/** A stream without an end is stopped before the disk is full. */
function limitBySpace(limits: ArchiveLimits, folder: string): ArchiveLimits {
  const { bavail, bsize } = statfsSync(folder);
  return { ...limits, maxBytes: Math.min(limits.maxBytes, bavail * bsize) };
}

async function receive(
  runtime: Runtime,
  { container, path }: { readonly container: string; readonly path: string },
  folder: OpenFolder,
  limits: ArchiveLimits,
  { signal, onBytes }: CopyOptions,
): Promise<WrittenItem> {
  const writer = new FolderWriter(folder, item, limits);
  const reader = new TarReader(writer);
  const child = runtime.exec({
    container,
    argv: ['sh', '-c', sendScript, 'devstead-cp', path],
    hasTerminal: false,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = waitForClose(child, 'nsenter');
  closed.catch(() => undefined);
  const said = gatherErrors(child);
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  try {
    let received = 0;
    for await (const chunk of (child.stdout ?? []) as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      reader.write(chunk);
      received += chunk.length;
      onBytes(received);
    }
    const code = await closed;
    signal.throwIfAborted();
    if (code !== 0 && code !== changedMeanwhile) throw failCopy(container, path, code, said());
    reader.end();
    return writer.finish();
  } finally {
    signal.removeEventListener('abort', stop);
    writer.close();
    child.stdout?.destroy();
    child.kill('SIGTERM');
  }
}

/** Puts what is in the folder that was copied into one that is there. */
function mergeContent(staging: OpenFolder, { type }: WrittenItem, target: OpenFolder): void {
  if (type !== 'folder') throw new AppError('COPY_FAILED', 'it is a file, and has nothing in it to copy');
  const inner = staging.openFolder(item);
  try {
    for (const name of inner.list()) mergeItem(inner, name, target, name);
  } finally {
    inner.close();
  }
}
