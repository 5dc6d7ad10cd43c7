import { closeSync, constants, existsSync, openSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { dirname } from 'node:path';
import { formatBytes } from '../format-amount.ts';
import { asRoot, type Requirement } from './requirement.ts';

/** The operating system and the processor. */
export function checkSystem(): Requirement[] {
  const isLinux = process.platform === 'linux';
  const isKnown = process.arch === 'x64' || process.arch === 'arm64';
  return [
    {
      id: 'system.linux',
      state: isLinux ? 'ok' : 'missing',
      purpose: 'workspaces are Linux containers',
      found: `${process.platform} ${release()}`,
      ...(isLinux ? {} : { fix: 'Use a Linux machine, or a virtual one.' }),
    },
    {
      id: 'system.architecture',
      state: isKnown ? 'ok' : 'missing',
      purpose: 'base images are built for the machine’s own processor',
      found: process.arch,
      ...(isKnown ? {} : { fix: 'Use a machine with an x86-64 or arm64 processor.' }),
    },
  ];
}

const gigabyte = 2 ** 30;

/** Room for images, layers and volumes in the state folder. */
export function checkDisk(stateFolder: string): Requirement {
  const purpose = 'images, volumes and what containers write';
  let folder = stateFolder;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const state = free < gigabyte ? 'missing' : free < 5 * gigabyte ? 'warn' : 'ok';
  const fix =
    'Free some space (`devstead image rm --all`, `devstead down --volumes`), or set DEVSTEAD_HOME to a folder on a larger disk.';
  return {
    id: 'disk.state',
    state,
    purpose,
    found: `${formatBytes(free)} free in ${stateFolder}`,
    ...(state === 'ok' ? {} : { fix }),
  };
}

const wantedWatches = 65_536;
const wantedInstances = 128;

/** How many files programs may watch for changes; hot reload needs many. */
export function checkInotify(uid: number): Requirement[] {
  return [
    ['max_user_watches', wantedWatches, 524_288, 'files that hot reload may watch'],
    ['max_user_instances', wantedInstances, 1024, 'programs that may watch files'],
  ].map(([name, wanted, better, purpose]) => {
    const found = readNumber(`/proc/sys/fs/inotify/${name}`);
    const isEnough = found === undefined || found >= Number(wanted);
    return {
      id: `inotify.${String(name).replace('max_user_', '')}`,
      state: isEnough ? 'ok' : 'warn',
      purpose: String(purpose),
      found: found === undefined ? 'unknown' : String(found),
      ...(isEnough ? {} : { fix: asRoot(`sysctl -w fs.inotify.${name}=${better}`, uid) }),
    };
  });
}

function readNumber(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8').trim());
  } catch {
    return undefined;
  }
}

/** The device through which a workspace reaches other networks. */
export function checkTun(uid: number, file = '/dev/net/tun', devices = '/proc/misc'): Requirement {
  const common = { id: 'network.tun', purpose: 'outbound network of a workspace' };
  if (!existsSync(file)) {
    const fix = hasTun(devices)
      ? `sh -c 'mkdir -p ${dirname(file)} && mknod -m 0666 ${file} c 10 200'`
      : `sh -c 'modprobe tun && chmod 0666 ${file}'`;
    return { ...common, state: 'warn', found: `${file} does not exist`, fix: asRoot(fix, uid) };
  }
  try {
    // Rights alone do not tell: a container without the device may have its file.
    closeSync(openSync(file, constants.O_RDWR));
    return { ...common, state: 'ok', found: file };
  } catch (error) {
    const isForbidden = (error as NodeJS.ErrnoException).code === 'EACCES';
    return {
      ...common,
      state: 'warn',
      found: isForbidden ? `${file} may not be opened by this user` : `${file} cannot be opened`,
      fix: asRoot(isForbidden ? `chmod 0666 ${file}` : 'modprobe tun', uid),
    };
  }
}

/** Whether the kernel has the driver, as its list of devices says. */
function hasTun(devices: string): boolean {
  try {
    return /^\s*200 tun$/m.test(readFileSync(devices, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * The folder for files of this session. Devstead itself keeps everything in its state folder, but systemd-run(1) and
 * other programs of the user need it, and one of another user, as su(1) leaves behind, makes them fail.
 */
export function checkRuntimeFolder(folder: string | undefined, user: { readonly uid: number }): Requirement {
  const common = { id: 'session.runtime-folder', purpose: 'files of this session (XDG_RUNTIME_DIR)' };
  if (folder === undefined || folder === '') return { ...common, state: 'ok', found: 'not set, and not needed' };
  const found = statSync(folder, { throwIfNoEntry: false });
  const problem =
    found === undefined || !found.isDirectory()
      ? `${folder} is not there`
      : found.uid !== user.uid
        ? `${folder} is another user’s`
        : undefined;
  if (problem === undefined) return { ...common, state: 'ok', found: folder };
  return { ...common, state: 'warn', found: problem, fix: 'unset XDG_RUNTIME_DIR' };
}
