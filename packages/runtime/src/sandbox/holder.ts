import { AppError } from '@devstead/kit';
import { type IdMap, renderRanges } from '../ids/id-map.ts';
import { identify, type ProcessId } from '../process/process-table.ts';
import { Launcher, LauncherError } from './launcher.ts';

/**
 * The process that keeps a set of namespaces alive: one user namespace with the state folder's id map, one mount
 * namespace, and one network namespace unless the machine's own network is used. It does nothing else.
 */
export interface Holder extends ProcessId {
  readonly mode: IdMap['mode'];
  readonly network: 'own' | 'host';
  /** This process is itself in the user and network namespaces, as their root. */
  readonly isEntered?: boolean;
}

export interface HolderOptions {
  readonly idMap: IdMap;
  /** `own`: a new, empty network. `host`: the machine's. */
  readonly network: Holder['network'];
}

/**
 * Makes a holder, with the environment of the launcher's processes, by which it is found again. It ends with the
 * launcher until `keepHolder`. Throws MACHINE_LACKS where user namespaces are not allowed.
 */
export async function makeHolder(launcher: Launcher, { idMap, network }: HolderOptions): Promise<Holder> {
  const way = idMap.mode === 'root' ? 'write' : 'program';
  const words = [network, way, renderRanges(idMap.gids), renderRanges(idMap.uids)];
  let answer: string;
  try {
    answer = await launcher.request({ order: 'namespaces', words });
  } catch (error) {
    if (!(error instanceof LauncherError)) throw error;
    throw new AppError('MACHINE_LACKS', `the sandbox's namespaces cannot be made: ${error.message}`, {
      hint: 'Run `devstead doctor`: it finds out what is in the way and names the command that mends it.',
    });
  }
  const found = identify(Number(answer));
  if (found === undefined) throw new AppError('INTERNAL', 'the holder of the namespaces ended at once');
  return { ...found, mode: idMap.mode, network };
}

/** Lets the holder that was made last live on after the launcher. */
export async function keepHolder(launcher: Launcher): Promise<void> {
  await launcher.request({ order: 'keep' });
}

/** Starts a holder that stands alone; `marker` is an entry of its environment. Throws MACHINE_LACKS. */
export async function startLoneHolder(marker: readonly [string, string], options: HolderOptions): Promise<Holder> {
  const launcher = new Launcher(marker);
  try {
    const holder = await makeHolder(launcher, options);
    await keepHolder(launcher);
    return holder;
  } finally {
    launcher.close();
  }
}

/**
 * Command prefix for work as the namespaces' own root: it may mount, and change files of mapped ids, nothing else.
 * The working folder is `/`.
 */
export function enterAsInnerRoot(holder: Holder): string[] {
  if (holder.isEntered === true) return ['nsenter', '-t', String(holder.pid), '-m', '--wd=/', '--'];
  return [...enter(holder), '-U', '-S', '0', '-G', '0', '--wd=/', '--'];
}

/**
 * Command prefix for work in the holder's mounts and network with all the rights the caller has: as root that is
 * more than the inner root may do (it reaches folders only root can enter, and maps ids of mounts).
 */
export function enterAsCaller(holder: Holder): string[] {
  if (holder.mode === 'rootless') return enterAsInnerRoot(holder);
  return [...enter(holder), '--wd=/', '--'];
}

function enter(holder: Holder): string[] {
  return ['nsenter', '-t', String(holder.pid), '-m', ...(holder.network === 'own' ? ['-n'] : [])];
}
