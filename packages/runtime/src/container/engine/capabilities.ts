import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readBootId } from '../../process/process-table.ts';
import { remember } from '../../remember.ts';
import type { Lack } from '../../running/lacks.ts';
import { describeAddress } from './engine-address.ts';
import type { EngineClient } from './engine-client.ts';
import type { Engine } from './find-engine.ts';

/** What of a workspace's needs an engine does by itself, and what is done for it. */
export interface Capabilities {
  /** How it takes our list of system calls: sent along, as a file that it reads, or not at all. */
  readonly callFilter: 'sent' | 'file' | 'own';
  /** A container that shares a network has its host name too. */
  readonly sharesHostNames: boolean;
  /** It puts a first process into containers that passes signals on and reaps. */
  readonly hasInit: boolean;
  /** Control groups hold containers to their memory. */
  readonly limitsMemory: boolean;
  readonly limitsProcessors: boolean;
  /** Its containers run in a user namespace whose root is the user. */
  readonly isRootless: boolean;
  /** The root of its containers is nobody of the machine who could do anything, or the user. */
  readonly mapsRoot: boolean;
  /** Limits of processes that nobody asked for may be above this process's own. */
  readonly setsLimits: boolean;
  /** The processes of a container are told by the ps(1) of the engine's machine, with its columns. */
  readonly listsByPs: boolean;
  /** Waiting for a container's end by the Docker API takes it a processor for as long as that goes on. */
  readonly waitsBusily: boolean;
  /** It can do all of a container's start but the begin of its program ahead. */
  readonly preparesStarts: boolean;
  /** Its containers see files of this machine at their paths. */
  readonly sharesFiles: boolean;
  /** What it does for the network of a container takes most of the start. */
  readonly startsSlowly: boolean;
}

/** What `/info` says, as far as it is asked (Docker Engine API, SystemInfo). */
interface EngineInfo {
  readonly MemoryLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly CPUCfsQuota?: boolean;
  readonly InitBinary?: string;
  readonly SecurityOptions?: readonly string[];
  /** Podman's own word. */
  readonly Rootless?: boolean;
}

/** What is kept of it. */
type ToldCapabilities = Pick<Capabilities, 'hasInit' | 'limitsMemory' | 'limitsProcessors' | 'isRootless'> & {
  readonly hasSeccomp: boolean;
  readonly hasLabels: boolean;
  readonly mapsUsers: boolean;
};

/**
 * What an engine can do: by its kind and place, and by what it tells. The latter takes Podman most of a second, so it is
 * kept in the cache folder for as long as the very same engine listens at the very same socket.
 */
export async function readCapabilities(engine: Engine, cacheFolder: string): Promise<Capabilities> {
  const { kind, client } = engine;
  const stamp = stampEngine(engine);
  const ask = async (): Promise<ToldCapabilities> => {
    const info = await client.call<EngineInfo>('GET', '/info');
    const says = (word: string): boolean => info.SecurityOptions?.some((option) => option.includes(word)) === true;
    return {
      hasInit: kind === 'podman' || (info.InitBinary ?? '') !== '',
      limitsMemory: info.MemoryLimit === true,
      limitsProcessors: info.CpuCfsQuota === true || info.CPUCfsQuota === true,
      isRootless: info.Rootless === true || says('name=rootless'),
      hasSeccomp: says('name=seccomp'),
      hasLabels: says('name=selinux'),
      mapsUsers: says('name=userns'),
    };
  };
  const told = stamp === undefined ? await ask() : await remember(join(cacheFolder, 'engine.json'), stamp, ask);
  const { hasSeccomp, hasLabels, mapsUsers, ...others } = told;
  const takesFilter = kind === 'docker' ? 'sent' : sharesFiles(client) ? 'file' : 'own';
  return {
    ...others,
    mapsRoot: others.isRootless || mapsUsers,
    callFilter: hasSeccomp ? takesFilter : 'own',
    sharesHostNames: kind === 'docker',
    setsLimits: kind === 'docker',
    listsByPs: kind === 'docker',
    waitsBusily: kind === 'podman',
    preparesStarts: kind === 'podman',
    sharesFiles: sharesFiles(client),
    // A container with a label of SELinux reaches no socket of ours, and need not try.
    startsSlowly: kind === 'docker' && sharesFiles(client) && !hasLabels,
  };
}

/** What workspaces at an engine go without. */
export function listLacks(capabilities: Capabilities): readonly Lack[] {
  const { mapsRoot, limitsMemory, limitsProcessors, callFilter, sharesFiles: hasFiles } = capabilities;
  return [
    // Addresses are given by the engine, to whoever starts first.
    'kept-addresses',
    'volume-folders',
    ...(mapsRoot ? [] : ['own-root' as const]),
    ...(limitsMemory ? [] : ['memory-limits' as const]),
    ...(limitsProcessors ? [] : ['processor-limits' as const]),
    ...(callFilter === 'own' ? ['call-filter' as const] : []),
    ...(hasFiles ? [] : ['machine-files' as const]),
  ];
}

/** True of an engine whose containers see files of this machine at their paths: one that is reached on it. */
export function sharesFiles({ address }: Pick<EngineClient, 'address'>): boolean {
  return 'socketPath' in address || ('host' in address && /^(localhost|127\.[\d.]+|::1)$/.test(address.host));
}

/** Counted up with each change of what is kept. */
const keptFormat = 3;

/** Another engine, or the same one started anew, has another stamp. Nothing is known of what listens elsewhere. */
function stampEngine({ kind, version, client }: Engine): string | undefined {
  if (!('socketPath' in client.address)) return undefined;
  const socket = statSync(client.address.socketPath, { throwIfNoEntry: false });
  if (socket === undefined) return undefined;
  return JSON.stringify([
    keptFormat,
    kind,
    version,
    describeAddress(client.address),
    socket.ino,
    socket.ctimeMs,
    readBootId(),
  ]);
}

/** A way in which engines differ, and what holds because of it. */
export interface Difference {
  readonly what: string;
  /** Who answers for it: a capability, or what is done the same way on every engine. */
  readonly handling: keyof Capabilities | 'same';
  readonly how: string;
}

/** Every known difference between the engines, and how workspaces come to be the same on all of them. */
export const differences: readonly Difference[] = [
  {
    what: 'health timers need systemd on Podman',
    handling: 'same',
    how: 'checks are asked by the supervisor, the engine’s are switched off',
  },
  {
    what: 'words of a health check are split anew on Podman',
    handling: 'same',
    how: 'checks run as commands of our own, word by word',
  },
  { what: 'waiting for “healthy” is not known to every version', handling: 'same', how: 'our own readiness' },
  {
    what: 'limits of a container that runs cannot be changed on Podman',
    handling: 'same',
    how: 'it is made anew, with its layer',
  },
  {
    what: 'a name that is taken: 409, or 500 with a text',
    handling: 'same',
    how: 'both are known as the same refusal',
  },
  { what: 'a new size of a terminal is answered with 200 or 201', handling: 'same', how: 'any good answer is taken' },
  {
    what: 'attaching feeds options into the program on Podman',
    handling: 'same',
    how: 'programs are run by exec alone, whose options have a body of their own',
  },
  {
    what: 'the size of a terminal at its start is not taken',
    handling: 'same',
    how: 'a shell of the container sets it before the command begins; where there is none, it is set right after',
  },
  {
    what: 'a program that is missing: code 126 or 127, on different streams',
    handling: 'same',
    how: 'both mean the same',
  },
  {
    what: 'each exec leaves a process for five minutes on Podman',
    handling: 'same',
    how: 'one exec a check, which asks again and again',
  },
  { what: 'an exec that ended may be told to run on Podman', handling: 'same', how: 'the end of its streams counts' },
  {
    what: 'times of logs are whole seconds on Podman',
    handling: 'same',
    how: 'its own file is read where that is allowed; followed lines come in their order',
  },
  { what: 'logs that are followed end late on Podman', handling: 'same', how: 'nobody waits for their end' },
  {
    what: 'archives lose owners, and missing folders are taken, on Podman',
    handling: 'same',
    how: 'files are carried by tar inside the container',
  },
  {
    what: 'a program ended for its memory is not told as such on Podman',
    handling: 'same',
    how: 'its code, 137, counts',
  },
  { what: '`host-gateway` is not understood by Podman', handling: 'same', how: 'the address is found here' },
  { what: 'a host name is no DNS name on Podman', handling: 'same', how: 'every name is given as an alias' },
  { what: 'BuildKit is not there on Podman', handling: 'same', how: 'containers are made of images that are there' },
  {
    what: 'an import ignores its tag on Podman',
    handling: 'same',
    how: 'images are loaded with their names in the archive',
  },
  { what: 'an image without PATH finds no program', handling: 'same', how: 'every container has a PATH' },
  {
    what: 'short names find images of different places',
    handling: 'same',
    how: 'images have full names with their digest',
  },
  { what: 'figures of networks have different names', handling: 'same', how: 'only memory and processors are read' },
  {
    what: 'who shares a network holds its owner',
    handling: 'same',
    how: 'containers are removed in the opposite order',
  },
  {
    what: 'any version of the API is taken by Podman, none newer than its own by Docker',
    handling: 'same',
    how: 'the version is settled from what the engine tells',
  },
  {
    what: 'a new volume belongs to root on Docker, to the container’s or the image’s user on Podman',
    handling: 'same',
    how: 'it is given to the container’s user before the first start',
  },
  {
    what: 'a list of system calls is sent to Docker, and a file that Podman reads',
    handling: 'callFilter',
    how: 'our own list holds, as on the sandbox; where the engine takes none, its own does, which is said',
  },
  {
    what: 'who shares a network has its host name on Docker',
    handling: 'sharesHostNames',
    how: 'else it is given that name too',
  },
  {
    what: 'an engine may have no init program',
    handling: 'hasInit',
    how: 'ours is mounted where the engine shares our files, else its own is asked for',
  },
  { what: 'without control groups limits are ignored', handling: 'limitsMemory', how: 'this is said at the start' },
  { what: 'without quotas processors are not limited', handling: 'limitsProcessors', how: 'this is said at the start' },
  {
    what: 'rootless engines show the user as root',
    handling: 'isRootless',
    how: 'containers with sources run as that root, which is the user',
  },
  {
    what: 'the root of containers is that of the machine where root runs the engine',
    handling: 'mapsRoot',
    how: 'it has few capabilities, and `devstead doctor` says so',
  },
  {
    what: 'Podman asks for limits of processes that it may not set',
    handling: 'setsLimits',
    how: 'they are named, none above this process’s own',
  },
  {
    what: 'Podman tells of processes by columns of its own',
    handling: 'listsByPs',
    how: 'each engine is asked for the columns it knows',
  },
  {
    what: 'who waits for a container’s end keeps a processor busy on Podman up to 4',
    handling: 'waitsBusily',
    how: 'Podman is asked by its own API, where it looks four times a second',
  },
  {
    what: 'Podman can do all of a start but the begin of the program ahead',
    handling: 'preparesStarts',
    how: 'containers that wait for others are brought so far while they wait',
  },
  {
    what: 'sizes of volumes come without their labels on Podman',
    handling: 'same',
    how: 'they are known by their names',
  },
  {
    what: 'the network of a container takes Docker two thirds of its start',
    handling: 'startsSlowly',
    how: 'one that waits for others is started meanwhile, and its program held until they are ready',
  },
  {
    what: 'an engine elsewhere does not see our files',
    handling: 'sharesFiles',
    how: 'it is refused for projects with sources',
  },
];
