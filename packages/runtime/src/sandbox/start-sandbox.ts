import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { AppError } from '@devstead/kit';
import { outsideId } from '../ids/id-map.ts';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { namespaceOf, readBootId } from '../process/process-table.ts';
import { listFolder } from '../state/list-folder.ts';
import { makeSandboxHolder } from './anticipate-sandbox.ts';
import { anticipateJoin } from './cgroup.ts';
import { findCrun } from './crun.ts';
import { type Holder, keepHolder } from './holder.ts';
import { LauncherError } from './launcher.ts';
import { nameContainers } from './network-names.ts';
import { isOwn, makeInnerFolder, outsideUser, type SandboxContext } from './sandbox-context.ts';
import { updateSandboxState } from './sandbox-state.ts';
import { dedicatedFiles, stage, stagePaths } from './stage-paths.ts';

/**
 * Makes a workspace's namespaces and gathers its mounts in them. That a start is under way stands on disk before the
 * first process is started: whatever this process is killed at, the next one looks for what is left.
 */
export async function startSandbox(context: SandboxContext, specs: readonly ContainerSpec[]): Promise<Holder> {
  const { paths } = context;
  if (context.cgroups !== undefined) anticipateJoin();
  updateSandboxState(paths, { bootId: readBootId(), isStaged: false, ports: [], finishedEvents: [] });
  const holder = await (context.own.made ?? makeSandboxHolder(context));
  await keepHolder(context.launcher);
  const userNamespace = namespaceOf(holder.pid, 'user');
  if (userNamespace === undefined) throw new AppError('INTERNAL', 'the holder of the namespaces ended at once');
  // Files of networks of an earlier run, whose containers may be gone.
  rmSync(`${paths.files}/${dedicatedFiles('')}`, { recursive: true, force: true });
  nameContainers(context, specs);
  forgetEnds(context);
  await prepareStage(context, holder, specs);
  updateSandboxState(paths, { holder, userNamespace, isStaged: true });
  context.own.holder = holder;
  delete context.own.made;
  return holder;
}

/** How containers ended before this start says nothing about those that it does not start. */
function forgetEnds({ paths }: SandboxContext): void {
  for (const name of listFolder(paths.containers)) rmSync(paths.container(name).exitFile, { force: true });
}

/** The mounts that all containers of the workspace share, and those of the sources, made by one process. */
async function prepareStage(context: SandboxContext, holder: Holder, specs: readonly ContainerSpec[]): Promise<void> {
  const { paths, idMap, settings } = context;
  const layers = `${settings.stateFolder}/images/layers`;
  makeInnerFolder(paths.volumes, idMap);
  mkdirSync(layers, { recursive: true });
  const inner = idMap.mode === 'root' ? outsideUser(idMap, { uid: 0, gid: 0 }) : { uid: 0, gid: 0 };
  const owner = [String(inner.uid), String(inner.gid)];
  const folders = [
    stagePaths.folders,
    stagePaths.crun,
    stagePaths.roots,
    stagePaths.networks,
    ...specs.map(({ name }) => stagePaths.root(name)),
  ];
  const orders = [
    ['tmpfs', stage, `mode=755,size=16m,uid=${inner.uid},gid=${inner.gid}`],
    ...folders.map((folder) => ['folder', folder, ...owner]),
    ['bind', paths.root, stagePaths.workspace],
    ['bind', layers, stagePaths.layers],
    ['readonly', findCrun()],
    ['loopback'],
    // Whose user is a name is mounted when its image is there.
    ...specs.filter(({ userText }) => userText === undefined).map((spec) => sourceOrders(context, spec)),
  ];
  await runStage(context, holder, orders.flat());
}

/** Mounts folders of the machine that a container wants and that are not there yet, each owned inside by its user. */
export async function mountSources(context: SandboxContext, holder: Holder, spec: ContainerSpec): Promise<void> {
  if (isOwn(context, holder) && spec.userText === undefined) return;
  const mounted = readMounts(holder);
  const orders = sourceOrders(context, spec, (target) => mounted.includes(` ${target} `));
  if (orders.length > 0) await runStage(context, holder, orders);
}

function readMounts({ pid }: Holder): string {
  try {
    return readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
  } catch (error) {
    // Its process has ended: ENOENT, or EINVAL until that is reaped (proc(5)).
    throw new AppError('WORKSPACE_NOT_RUNNING', 'the workspace ended meanwhile', { cause: error });
  }
}

function sourceOrders(
  { idMap }: SandboxContext,
  { name, mounts, user }: ContainerSpec,
  isMounted: (target: string) => boolean = () => false,
): string[] {
  return mounts.flatMap((item) => {
    if (item.type !== 'folder') return [];
    const target = stagePaths.folder(name, item.source);
    if (isMounted(target)) return [];
    if (item.isMade === true && !existsSync(item.source)) mkdirSync(item.source, { recursive: true });
    if (!existsSync(item.source)) {
      throw new AppError('UNREADABLE_INPUT', `${item.source}, which ${name} mounts at ${item.path}, is not there`, {
        hint: 'Make it, or correct its path.',
      });
    }
    if (idMap.mode === 'rootless') return ['bind', item.source, target];
    const owner = statSync(item.source);
    const uidMap = `${owner.uid} ${outsideId(idMap.uids, user.uid)} 1`;
    const gidMap = `${owner.gid} ${outsideId(idMap.gids, user.gid)} 1`;
    return ['map', item.source, target, uidMap, gidMap];
  });
}

async function runStage({ launcher }: SandboxContext, holder: Holder, words: readonly string[]): Promise<void> {
  try {
    await launcher.request({ order: 'stage', inside: { holder, as: 'caller' }, words });
  } catch (error) {
    if (!(error instanceof LauncherError)) throw error;
    throw new AppError('MACHINE_LACKS', `the sandbox's mounts could not be made: ${error.message}`, {
      hint: 'Keep the project on ext4, xfs or btrfs (Linux 5.12 or newer), or work as the normal user who owns it.',
    });
  }
}
