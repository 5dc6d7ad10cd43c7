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
  await prepareStage(context, holder);
  await mountSources(context, holder, specs);
  updateSandboxState(paths, { isStaged: true });
  return holder;
}

/** The mounts that all containers of the workspace share, as one script in the holder's namespaces. */
async function prepareStage({ paths, idMap, settings }: SandboxContext, holder: Holder): Promise<void> {
  makeInnerFolder(paths.volumes, idMap);
  mkdirSync(`${settings.stateFolder}/images/layers`, { recursive: true });
  const inner = idMap.mode === 'root' ? outsideUser(idMap, { uid: 0, gid: 0 }) : { uid: 0, gid: 0 };
  const script = `set -e
mount -t tmpfs -o mode=755,size=16m,uid=$1,gid=$2 stage ${stage}
cd ${stage}
mkdir workspace layers folders crun roots
chown "$1:$2" folders crun roots
mount --bind "$3" workspace
mount --bind "$4" layers
ip link set lo up`;
  const words = [String(inner.uid), String(inner.gid), paths.root, `${settings.stateFolder}/images/layers`];
  const result = await runProcess([...enterAsCaller(holder), 'sh', '-c', script, 'stage', ...words]);
  if (result.code !== 0) {
    throw new AppError('MACHINE_LACKS', `the sandbox's mounts could not be made: ${result.stderr.trim()}`);
  }
}

/** Folders of the machine that containers of these specs mount, each owned inside by the container's user. */
export async function mountSources(
  context: SandboxContext,
  holder: Holder,
  specs: readonly ContainerSpec[],
): Promise<void> {
  const mounted = readFileSync(`/proc/${holder.pid}/mountinfo`, 'utf8');
  const wanted = specs.flatMap((spec) =>
    spec.mounts.flatMap((item, index) => {
      const target = stagePaths.folder(spec.name, index);
      return item.type === 'folder' && !mounted.includes(` ${target} `)
        ? [{ source: item.source, target, user: spec.user }]
        : [];
    }),
  );
  if (wanted.length === 0) return;
  const argv = context.idMap.mode === 'root' ? idMappedMounts(context, wanted) : plainMounts(wanted);
  const result = await runProcess([...enterAsCaller(holder), ...argv]);
  if (result.code === 0) return;
  throw new AppError('MACHINE_LACKS', `the project cannot be mounted: ${result.stderr.trim()}`, {
    hint: 'Keep the project on ext4, xfs or btrfs (Linux 5.12 or newer), or work as the normal user who owns it.',
  });
}

interface SourceMount {
  readonly source: string;
  readonly target: string;
  readonly user: ContainerSpec['user'];
}

const unshareNumber = { x64: 272, arm64: 97 } as Readonly<Record<string, number>>;

function idMappedMounts({ idMap }: SandboxContext, mounts: readonly SourceMount[]): string[] {
  const script = fileURLToPath(new URL('./mount-sources.pl', import.meta.url));
  const number = unshareNumber[process.arch];
  if (number === undefined)
    throw new AppError('MACHINE_LACKS', `the processor ${process.arch} is not supported by the sandbox`);
  const words = mounts.flatMap(({ source, target, user }) => {
    const owner = statSync(source);
    const uidMap = `${owner.uid} ${outsideId(idMap.uids, user.uid)} 1`;
    const gidMap = `${owner.gid} ${outsideId(idMap.gids, user.gid)} 1`;
    return [source, target, uidMap, gidMap];
  });
  return ['perl', script, String(number), ...words];
}

function plainMounts(mounts: readonly SourceMount[]): string[] {
  const script = 'set -e; while [ $# -gt 0 ]; do mkdir -p "$2"; mount --rbind "$1" "$2"; shift 2; done';
  return ['sh', '-c', script, 'mount', ...mounts.flatMap(({ source, target }) => [source, target])];
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
