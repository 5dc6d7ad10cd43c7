import { realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { AppError } from '@devstead/kit';
import { ArchiveFilter } from '../archive/archive-filter.ts';
import type { ArchiveLimits } from '../archive/archive-tree.ts';
import { type TarEntry, writeHeader } from '../archive/tar-header.ts';
import { TarReader } from '../archive/tar-reader.ts';
import { waitForDrain } from '../archive/wait-for-drain.ts';
import { spawnProcess, systemPath, waitForClose } from '../process/run-process.ts';
import type { Runtime } from '../types.ts';
import {
  type CopyOptions,
  changedMeanwhile,
  failCopy,
  gatherErrors,
  missingPlace,
  missingTar,
  wrongKind,
} from './copy-failure.ts';
import { meansContent } from './copy-place.ts';

/** What was copied into a container. */
export interface CopiedIn {
  readonly type: 'file' | 'folder';
  readonly entries: number;
  readonly bytes: number;
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Unpacks an archive of one item `item` as the container's user beside its place, and moves it there when it is whole.
 * `$1` the place, `$2` the item's own name, empty when only what is in it is meant, `$3` whether it is a folder.
 */
const receiveScript = `command -v tar >/dev/null 2>&1 || exit ${missingTar}
place=$1 own=$2 kind=$3
name=$own
if [ -d "$place" ]; then
  folder=$place
else
  case $place in */) [ "$kind" = folder ] || exit ${missingPlace} ;; esac
  folder=$(dirname -- "$place") name=$(basename -- "$place")
  [ -d "$folder" ] || exit ${missingPlace}
fi
target=$folder/$name
if [ -e "$target" ]; then
  if [ -d "$target" ]; then [ "$kind" = folder ] || exit ${wrongKind}; else [ "$kind" = file ] || exit ${wrongKind}; fi
fi
umask 022
new=$(mktemp -d "$folder/.devstead-copy-XXXXXX") || exit 1
trap 'rm -rf -- "$new"' EXIT
trap 'exit 130' INT TERM HUP
tar -xpf - --no-same-owner -C "$new" || exit 1
# Whoever sent it ended too early: what came is not whole.
[ -e "$new/item" ] && [ -e "$new/whole" ] || exit 1
if [ "$kind" = folder ] && [ -d "$target" ]; then cp -a -- "$new/item/." "$target/"; else mv -f -- "$new/item" "$target"; fi`;

/**
 * Copies a file or folder of this machine into a container, where it belongs to the container's user. A link that is
 * named is followed; links in a folder are copied as links. Throws UNREADABLE_INPUT, COPY_FAILED.
 */
export async function copyIn(
  runtime: Runtime,
  source: string,
  target: { readonly container: string; readonly path: string },
  options: CopyOptions,
): Promise<CopiedIn> {
  const { stats, path } = findSource(source);
  const type = stats.isDirectory() ? 'folder' : 'file';
  const own = meansContent(source) ? '' : basename(path);
  const unpacker = runtime.exec({
    container: target.container,
    argv: ['sh', '-c', receiveScript, 'devstead-cp', target.path, own, type],
    hasTerminal: false,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const words = type === 'folder' ? ['-C', path, '.'] : ['-C', dirname(path), '--', `./${basename(path)}`];
  const packer = spawnProcess(['tar', '--format=pax', '-cf', '-', ...words], {
    env: { PATH: systemPath },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [unpackerSaid, packerSaid] = [gatherErrors(unpacker), gatherErrors(packer)];
  const [unpacked, packed] = [waitForClose(unpacker, 'nsenter'), waitForClose(packer, 'tar')];
  for (const ended of [unpacked, packed]) ended.catch(() => undefined);
  const stop = (): void => {
    packer.kill('SIGTERM');
    unpacker.kill('SIGTERM');
  };
  options.signal.addEventListener('abort', stop, { once: true });
  // What ends before it has read all says why by its code.
  unpacker.stdin?.on('error', () => undefined);
  const sender = makeSender(type, options.limits, (part) => void unpacker.stdin?.write(part));
  try {
    for await (const chunk of (packer.stdout ?? []) as AsyncIterable<Buffer>) {
      options.signal.throwIfAborted();
      if (unpacker.exitCode !== null) break;
      sender.write(chunk);
      options.onBytes(sender.countBytes());
      if (unpacker.stdin !== null) await Promise.race([waitForDrain(unpacker.stdin), unpacked]);
    }
    options.signal.throwIfAborted();
    if (unpacker.exitCode === null) {
      const code = await packed;
      if (code > changedMeanwhile) {
        throw new AppError('COPY_FAILED', `${source} cannot be read`, { details: packerSaid().trim().split('\n') });
      }
      const counts = sender.finish();
      unpacker.stdin?.end();
      const ended = await unpacked;
      options.signal.throwIfAborted();
      if (ended === 0) return { type, ...counts };
    }
    throw failCopy(target.container, target.path, await unpacked, unpackerSaid());
  } finally {
    options.signal.removeEventListener('abort', stop);
    unpacker.stdin?.destroy();
    stop();
    await unpacked.catch(() => undefined);
  }
}

function findSource(source: string): { readonly stats: Stats; readonly path: string } {
  try {
    const path = realpathSync(source);
    const stats = statSync(path);
    if (!stats.isDirectory() && !stats.isFile())
      throw new AppError('USAGE', `${source} is neither a file nor a folder`);
    return { stats, path };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('UNREADABLE_INPUT', `cannot read ${source}`, { cause: error });
  }
}

/** Writes what is packed as the one item, without special files and rights, and last a mark that it is whole. */
function makeSender(type: CopiedIn['type'], limits: ArchiveLimits, emit: (part: Buffer) => void): Sender {
  const skipped: { path: string; why: string }[] = [];
  const choose = (entry: TarEntry): TarEntry | undefined => {
    if (entry.type === 'char' || entry.type === 'block' || entry.type === 'fifo') {
      skipped.push({ path: Buffer.from(entry.path, 'latin1').toString('utf8'), why: 'it is a special file' });
      return undefined;
    }
    // The owner is whoever unpacks it.
    return { ...entry, uid: 0, gid: 0, mode: entry.mode & 0o777 };
  };
  const place = (names: readonly string[]): string => ['item', ...(type === 'folder' ? names : [])].join('/');
  const filter = new ArchiveFilter({ limits, choose, emit, place });
  const reader = new TarReader(filter);
  return {
    write: (chunk) => reader.write(chunk),
    finish: () => {
      reader.end();
      emit(writeHeader(wholeMark));
      filter.finish();
      return { ...filter.counts, skipped };
    },
    countBytes: () => filter.counts.bytes,
  };
}

interface Sender {
  write(chunk: Buffer): void;
  finish(): Omit<CopiedIn, 'type'>;
  countBytes(): number;
}

const wholeMark: TarEntry = {
  type: 'file',
  path: 'whole',
  link: '',
  mode: 0o600,
  uid: 0,
  gid: 0,
  sizeBytes: 0,
  mtime: 0,
  device: [0, 0],
  xattrs: new Map(),
};
