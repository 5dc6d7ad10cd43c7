import { posix } from 'node:path';
import { AppError } from '@devstead/kit';
import { waitForDrain } from '../archive/wait-for-drain.ts';
import { failCopy, gatherErrors, missingPlace, missingTar } from '../copy/copy-failure.ts';
import { waitForClose } from '../process/run-process.ts';
import type { Runtime } from '../types.ts';
import type { TreeChanges } from './tree-state.ts';
import type { WatchedPaths } from './watched-paths.ts';
import { type ArchivedFile, type Owner, writeArchive } from './write-archive.ts';

export interface SyncTarget {
  readonly container: string;
  /** Of the folder, or of the file where one is watched; a relative one is taken from the service's folder. */
  readonly path: string;
}

export interface SyncOptions {
  /** Files keep their times. Else they have the time at which they come: whoever looks for changes sees every one. */
  readonly keepsTimes: boolean;
  /** The container's root does it, and gives what is new to this user. Absent: the container's own user does it. */
  readonly owner?: Owner;
  readonly signal: AbortSignal;
}

/**
 * In the folder `$1`: removes what comes after the `$5` folders, makes those and, with `$2`, unpacks an archive with the
 * options `$3`. What is made is given to `$4`. Links are looked up inside the container: they lead nowhere else.
 */
const applyScript = `place=$1 unpacks=$2 options=$3 owner=$4 folders=$5
shift 5
make() { mkdir -p -- "$@" && { [ -z "$owner" ] || chown -- "$owner" "$@"; }; }
if [ -n "$unpacks" ]; then
  command -v tar >/dev/null 2>&1 || exit ${missingTar}
  [ -d "$place" ] || make "$place" || exit 1
fi
cd -- "$place" 2>/dev/null || { [ -z "$unpacks" ] && exit 0; exit ${missingPlace}; }
( shift "$folders"; [ $# -eq 0 ] || rm -rf -- "$@" ) || exit 1
for path; do
  shift
  [ "$folders" -eq 0 ] || { folders=$((folders - 1)); [ -d "$path" ] || set -- "$@" "$path"; }
done
[ $# -eq 0 ] || make "$@" || exit 1
[ -z "$unpacks" ] || exec tar -x -p $options -f -`;

/** In the folder `$1`: removes files that stand where a folder must be, for each path `$2`…, and what is at the path. */
const clearScript = `cd -- "$1" || exit ${missingPlace}
shift
for path; do
  above=$(dirname -- "$path")
  while [ "$above" != . ]; do
    [ -d "$above" ] || rm -f -- "$above"
    above=$(dirname -- "$above")
  done
  [ ! -d "$path" ] || [ -L "$path" ] || rm -rf -- "$path"
done`;

/** Of the words of one command. The kernel takes 2 MB of all of them; shells get slow with many. */
const wordLimits = { count: 300, bytes: 256 * 1024 } as const;

/**
 * Does to a container's folder what happened to a watched one. Throws COPY_FAILED: the image has no `tar`, or the user who
 * does it may not write there.
 */
export async function syncInto(
  runtime: Runtime,
  watched: WatchedPaths,
  target: SyncTarget,
  changes: TreeChanges,
  options: SyncOptions,
): Promise<void> {
  const folder = watched.file === undefined ? target.path : posix.dirname(target.path);
  const nameOf = (path: string): string => (watched.file === undefined ? path : posix.basename(target.path));
  const place = { root: watched.root, container: target.container, folder };
  const files = changes.written.map((path) => ({ path, name: nameOf(path) }));
  for (const gone of splitWords(changes.gone.map((path) => `./${nameOf(path)}`)).slice(0, -1))
    await apply(runtime, place, { ...nothing, gone }, options);
  const gone = splitWords(changes.gone.map((path) => `./${nameOf(path)}`)).at(-1) ?? [];
  if (files.length === 0 && gone.length === 0) return;
  try {
    await write(runtime, place, files, gone, options);
  } catch (error) {
    if (files.length === 0 || options.signal.aborted || !(error instanceof AppError)) throw error;
    // A folder may have taken the place of a file, or the other way round.
    for (const words of splitWords(files.map(({ name }) => `./${name}`)))
      await finish(runtime, place, ['sh', '-c', clearScript, 'devstead-sync', folder, ...words], options);
    await write(runtime, place, files, [], options);
  }
}

interface Place {
  readonly root: string;
  readonly container: string;
  readonly folder: string;
}

interface Work {
  readonly files: readonly ArchivedFile[];
  readonly folders: readonly string[];
  readonly gone: readonly string[];
}

const nothing: Work = { files: [], folders: [], gone: [] };

/** Writes files, with the folders that they lie in. */
async function write(
  runtime: Runtime,
  place: Place,
  files: readonly ArchivedFile[],
  gone: readonly string[],
  options: SyncOptions,
): Promise<void> {
  // Without another owner it is tar's to make them.
  const folders = options.owner === undefined ? [] : splitWords(listFolders(files));
  const last = folders.at(-1) ?? [];
  if (folders.length <= 1 && last.length + gone.length <= wordLimits.count)
    return apply(runtime, place, { files, folders: last, gone }, options);
  await apply(runtime, place, { ...nothing, gone }, options);
  for (const some of folders) await apply(runtime, place, { ...nothing, folders: some }, options, true);
  return apply(runtime, place, { ...nothing, files }, options);
}

/** The folders above files, each after the one it lies in. */
function listFolders(files: readonly ArchivedFile[]): string[] {
  const found = new Set<string>();
  for (const { name } of files) {
    for (let folder = posix.dirname(name); folder !== '.' && !found.has(folder); folder = posix.dirname(folder))
      found.add(folder);
  }
  return [...found].sort().map((folder) => `./${folder}`);
}

function apply(
  runtime: Runtime,
  place: Place,
  { files, folders, gone }: Work,
  options: SyncOptions,
  makesPlace = files.length > 0,
): Promise<void> {
  const { owner, keepsTimes } = options;
  const flags = [keepsTimes ? '' : '-m', owner === undefined ? '-o' : '--numeric-owner'].join(' ');
  const name = owner === undefined ? '' : `${owner.uid}:${owner.gid}`;
  const words = [place.folder, makesPlace ? 'yes' : '', flags, name, String(folders.length), ...folders, ...gone];
  const archive = makesPlace ? writeArchive(place.root, files, owner ?? { uid: 0, gid: 0 }) : [];
  return finish(runtime, place, ['sh', '-c', applyScript, 'devstead-sync', ...words], options, archive);
}

/** Runs a script in the container to its end, with an archive as its input. */
async function finish(
  runtime: Runtime,
  { container, folder }: Place,
  argv: readonly string[],
  { signal, owner }: SyncOptions,
  archive: Iterable<Buffer> = [],
): Promise<void> {
  signal.throwIfAborted();
  const child = runtime.exec({
    container,
    argv,
    ...(owner === undefined ? {} : { user: '0:0' }),
    hasTerminal: false,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const said = gatherErrors(child);
  const ended = waitForClose(child, 'nsenter');
  ended.catch(() => undefined);
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  // What ends before it has read all says why by its code.
  child.stdin?.on('error', () => undefined);
  try {
    for (const part of archive) {
      if (child.exitCode !== null || signal.aborted || child.stdin === null) break;
      if (!child.stdin.write(part)) await Promise.race([waitForDrain(child.stdin), ended]);
    }
    child.stdin?.end();
    const code = await ended;
    signal.throwIfAborted();
    if (code !== 0) throw failCopy(container, folder, code, said());
  } finally {
    signal.removeEventListener('abort', stop);
    child.stdin?.destroy();
  }
}

/** In parts that one command can take each. */
function splitWords(words: readonly string[]): string[][] {
  const parts: string[][] = [];
  let bytes = 0;
  for (const word of words) {
    const last = parts.at(-1);
    bytes += word.length * 3 + 1;
    if (last === undefined || last.length >= wordLimits.count || bytes > wordLimits.bytes) {
      parts.push([word]);
      bytes = word.length * 3 + 1;
    } else last.push(word);
  }
  return parts;
}
