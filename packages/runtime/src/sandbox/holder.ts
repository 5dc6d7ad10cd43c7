import { writeFileSync } from 'node:fs';
import { AppError } from '@devstead/kit';
import { identify, type ProcessId, signalProcess } from '../process/process-table.ts';
import { runOrThrow, spawnProcess, systemPath, waitForClose } from '../process/run-process.ts';
import { type IdMap, type IdRange, renderRanges } from './id-map.ts';

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

interface HolderOptions {
  readonly idMap: IdMap;
  /** `own`: a new, empty network. `host`: the machine's. */
  readonly network: 'own' | 'host';
  /** Entry `NAME=value` of the process's environment by which it is found again. */
  readonly marker: readonly [string, string];
}

/** Starts a holder. Throws MACHINE_LACKS where user namespaces are not allowed. */
export async function startHolder(options: HolderOptions): Promise<Holder> {
  const namespaces = ['--user', '--mount', '--propagation', 'private', ...(options.network === 'own' ? ['--net'] : [])];
  const argv = ['unshare', ...namespaces, 'sh', '-c', 'echo ready; exec sleep infinity'];
  const child = spawnProcess(argv, {
    detached: true,
    env: { PATH: systemPath, [options.marker[0]]: options.marker[1] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const problems: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => problems.push(text));
  const ended = waitForClose(child, 'unshare');
  ended.catch(() => undefined);
  const isReady = new Promise<true>((resolve) => child.stdout?.once('data', () => resolve(true)));
  const first = await Promise.race([isReady, ended]);
  const found = first === true && child.pid !== undefined ? identify(child.pid) : undefined;
  if (found === undefined) {
    throw new AppError('MACHINE_LACKS', `user namespaces are not available: ${problems.join('').trim()}`, {
      hint: 'Allow them (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces above 0), or work as root.',
    });
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
  const holder: Holder = { ...found, mode: options.idMap.mode, network: options.network };
  try {
    await writeMaps(holder, options.idMap);
  } catch (error) {
    signalProcess(holder, 'SIGKILL');
    throw error;
  }
  return holder;
}

/** Maps ids into a user namespace that was just made. */
export async function writeMaps(holder: Pick<Holder, 'pid'>, map: IdMap): Promise<void> {
  if (map.mode === 'root') {
    writeFileSync(`/proc/${holder.pid}/gid_map`, renderRanges(map.gids));
    writeFileSync(`/proc/${holder.pid}/uid_map`, renderRanges(map.uids));
    return;
  }
  const words = (ranges: readonly IdRange[]): string[] =>
    ranges.flatMap((r) => [r.inside, r.outside, r.count].map(String));
  await runOrThrow(['newgidmap', String(holder.pid), ...words(map.gids)], 'mapping group ids');
  await runOrThrow(['newuidmap', String(holder.pid), ...words(map.uids)], 'mapping user ids');
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
