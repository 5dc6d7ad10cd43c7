import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AppError } from '@devstead/kit';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { namespaceOf, readBootId } from '../process/process-table.ts';
import { runProcess } from '../process/run-process.ts';
import { enterAsCaller, type Holder, startHolder } from './holder.ts';
import { outsideId } from './id-map.ts';
import { stage, stagePaths } from './paths.ts';
import { workspaceMarker } from './reap.ts';
import { makeInnerFolder, outsideUser, type SandboxContext } from './sandbox-context.ts';
import { updateSandboxState } from './sandbox-state.ts';

/**
 * Makes a workspace's namespaces and gathers its mounts in them. On disk first that a start is under way, then the
 * holder's process, then the mounts: whatever this process is killed at, the next one can find what is left.
 */
export async function startSandbox(context: SandboxContext, specs: readonly ContainerSpec[]): Promise<Holder> {
  const { paths, idMap } = context;
  updateSandboxState(paths, { bootId: readBootId(), isStaged: false, ports: [], finishedEvents: [] });
  const holder = await startHolder({ idMap, network: 'own', marker: [workspaceMarker, paths.root] });
  const userNamespace = namespaceOf(holder.pid, 'user');
  if (userNamespace === undefined) throw new AppError('INTERNAL', 'the holder of the namespaces ended at once');
  updateSandboxState(paths, { holder, userNamespace });
  writeNetworkFiles(context, specs);
  await prepareStage(context, holder, specs);
  updateSandboxState(paths, { isStaged: true });
  return holder;
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
    ...specs.map(({ name }) => stagePaths.root(name)),
  ];
  const orders = [
    ['tmpfs', stage, `mode=755,size=16m,uid=${inner.uid},gid=${inner.gid}`],
    ...folders.map((folder) => ['folder', folder, ...owner]),
    ['bind', paths.root, stagePaths.workspace],
    ['bind', layers, stagePaths.layers],
    ['loopback'],
    ...specs.map((spec) => sourceOrders(context, spec)),
  ];
  await runStage(holder, orders.flat());
}

/** Folders of the machine that a container mounts and that are not there yet, each owned inside by the container's user. */
export async function mountSources(context: SandboxContext, holder: Holder, spec: ContainerSpec): Promise<void> {
  const mounted = readFileSync(`/proc/${holder.pid}/mountinfo`, 'utf8');
  const orders = sourceOrders(context, spec, (target) => mounted.includes(` ${target} `));
  if (orders.length > 0) await runStage(holder, orders);
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
    if (idMap.mode === 'rootless') return ['bind', item.source, target];
    const owner = statSync(item.source);
    const uidMap = `${owner.uid} ${outsideId(idMap.uids, user.uid)} 1`;
    const gidMap = `${owner.gid} ${outsideId(idMap.gids, user.gid)} 1`;
    return ['map', item.source, target, uidMap, gidMap];
  });
}

/** Numbers of mount(2) and unshare(2). */
const systemCalls = { x64: ['165', '272'], arm64: ['40', '97'] } as Readonly<Record<string, readonly string[]>>;

async function runStage(holder: Holder, orders: readonly string[]): Promise<void> {
  const numbers = systemCalls[process.arch];
  if (numbers === undefined) {
    throw new AppError('MACHINE_LACKS', `the processor ${process.arch} is not supported by the sandbox`);
  }
  const script = fileURLToPath(new URL('./stage.pl', import.meta.url));
  const result = await runProcess([...enterAsCaller(holder), 'perl', script, ...numbers, ...orders]);
  if (result.code === 0) return;
  throw new AppError('MACHINE_LACKS', `the sandbox's mounts could not be made: ${result.stderr.trim()}`, {
    hint: 'Keep the project on ext4, xfs or btrfs (Linux 5.12 or newer), or work as the normal user who owns it.',
  });
}

/** Address of the name server that slirp4netns offers (slirp4netns(1), "built-in DNS"). */
const nameServer = '10.0.2.3';

/** The files about names that all containers share: each container's name stands for the shared localhost. */
function writeNetworkFiles({ paths, hostname }: SandboxContext, specs: readonly ContainerSpec[]): void {
  mkdirSync(paths.files, { recursive: true, mode: 0o755 });
  const names = [...new Set([hostname, ...specs.map(({ name }) => name)])].join(' ');
  const files = {
    hosts: `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n127.0.0.1 ${names}\n`,
    'resolv.conf': `${readSearchDomains()}nameserver ${nameServer}\n`,
    hostname: `${hostname}\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(`${paths.files}/${name}`, text, { mode: 0o644 });
}

function readSearchDomains(): string {
  try {
    const line = readFileSync('/etc/resolv.conf', 'utf8')
      .split('\n')
      .find((text) => /^search\s/.test(text));
    return line === undefined ? '' : `${line.trim()}\n`;
  } catch {
    return '';
  }
}
