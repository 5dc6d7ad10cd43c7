import { chownSync, lchownSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type IdMap, outsideId } from '../ids/id-map.ts';
import { runOrThrow, spawnProcess, systemPath, waitForClose } from '../process/run-process.ts';
import { enterAsCaller, enterAsInnerRoot, type Holder, startLoneHolder } from '../sandbox/holder.ts';
import { runBuildStep, type StepOptions } from './run-build-step.ts';

/** Where the room's folders are, seen from inside. It is a folder of every machine that builds have no use for. */
const roomFolder = '/sys/fs/cgroup';

/** Paths inside a build room. */
export const roomPaths = {
  room: roomFolder,
  images: `${roomFolder}/images`,
  packages: `${roomFolder}/packages`,
  root: `${roomFolder}/root`,
} as const;

interface RoomStepOptions extends StepOptions {
  /** With all the rights of the caller, as removing needs: some files of a build are the caller's. */
  readonly isCaller?: boolean;
}

/** Namespaces in which images are built and layers removed: the store and the package folder, as their own root. */
export interface BuildRoom {
  /**
   * Runs a program to its end and returns what it printed. It ends when this process does, whatever the cause, and
   * its mounts and children with it. Throws IMAGE_BUILD_FAILED with the last lines, INTERRUPTED when aborted.
   */
  run(argv: readonly string[], what: string, options?: RoomStepOptions): Promise<string>;
  /** Runs one of the scripts in `steps/`. */
  runStep(step: string, args: readonly string[], what: string, options?: RoomStepOptions): Promise<string>;
  close(): void;
  readonly holder: Holder;
}

interface RoomOptions {
  /** The store's folder. */
  readonly images: string;
  /** The folder of downloaded packages; without it no packages can be installed. */
  readonly packages?: string;
  readonly idMap: IdMap;
  /** Default: the machine's. */
  readonly network?: Holder['network'];
}

/** Opens a build room. Throws MACHINE_LACKS where user namespaces are not allowed. */
export async function openBuildRoom(options: RoomOptions): Promise<BuildRoom> {
  const owner = innerRoot(options.idMap);
  const binds = [['images', options.images]];
  for (const name of ['building', 'layers']) giveFolder(join(options.images, name), options.idMap);
  if (options.packages !== undefined) {
    givePackages(options.packages, options.idMap);
    binds.push(['packages', options.packages]);
  }
  const holder = await startLoneHolder(['DEVSTEAD_BUILD', options.images], {
    idMap: options.idMap,
    network: options.network ?? 'host',
  });
  const guard = guardHolder(holder);
  const close = (): void => guard.end();
  try {
    const ids = holder.mode === 'root' ? `,uid=${owner.uid},gid=${owner.gid}` : '';
    const mounts = [
      `mount -t tmpfs -o mode=755${ids} tmpfs ${roomFolder}`,
      `mkdir ${roomPaths.images} ${roomPaths.packages} ${roomPaths.root}`,
      ...binds.map(([name], index) => `mount --bind "$${index + 1}" ${roomFolder}/${name}`),
    ];
    const folders = binds.map(([, folder = '']) => folder);
    const argv = [...enterAsCaller(holder), 'sh', '-euc', mounts.join('\n'), 'sh', ...folders];
    await runOrThrow(argv, 'preparing the build');
  } catch (error) {
    close();
    throw error;
  }
  const run: BuildRoom['run'] = (argv, what, stepOptions) =>
    runBuildStep([...inOwnProcesses(holder, stepOptions?.isCaller === true), ...argv], what, stepOptions ?? {});
  return {
    run,
    runStep: (step, args, what, stepOptions) => run(['sh', '-euc', readStep(step), step, ...args], what, stepOptions),
    close,
    holder,
  };
}

/** The text of a script in `steps/`. It is passed as text: the inner root may not be able to read our own folder. */
export function readStep(step: string): string {
  return readFileSync(new URL(`steps/${step}.sh`, import.meta.url), 'utf8');
}

function innerRoot(idMap: IdMap): { readonly uid: number; readonly gid: number } {
  return { uid: outsideId(idMap.uids, 0), gid: outsideId(idMap.gids, 0) };
}

/**
 * Makes a folder that both the caller and the inner root may write in. In rootless mode the inner root may write in
 * all that is the caller's, whose ids are mapped.
 */
export function giveFolder(folder: string, idMap: IdMap): void {
  const owner = innerRoot(idMap);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (idMap.mode === 'rootless' || statSync(folder).uid === owner.uid) return;
  chownSync(folder, owner.uid, owner.gid);
}

/** Makes the folder of downloads, which outlives the id maps of state folders, one that the inner root may write in. */
function givePackages(folder: string, idMap: IdMap): void {
  for (const name of ['', 'archives', 'archives/partial', 'lists', 'lists/partial'])
    giveFolder(join(folder, name), idMap);
  if (idMap.mode === 'rootless') return;
  const owner = innerRoot(idMap);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (lstatSync(path).uid !== owner.uid) lchownSync(path, owner.uid, owner.gid);
  }
}

/** A new set of processes and mounts within the holder's, whose first process dies with this one. */
function inOwnProcesses(holder: Holder, isCaller: boolean): string[] {
  const namespaces = ['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child=KILL'];
  const enter = isCaller ? enterAsCaller : enterAsInnerRoot;
  return [...enter(holder), 'setpriv', '--pdeathsig', 'KILL', ...namespaces, '--'];
}

/** Sees to it that the holder ends when this process does, even when that is killed: it then closes the guard's input. */
function guardHolder(holder: Holder): { end(): void } {
  const child = spawnProcess(['sh', '-c', 'read -r _; kill -9 "$1"', 'sh', String(holder.pid)], {
    detached: true,
    env: { PATH: systemPath },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  waitForClose(child, 'sh').catch(() => undefined);
  child.stdin?.on('error', () => undefined);
  child.unref();
  return { end: () => child.stdin?.end() };
}
