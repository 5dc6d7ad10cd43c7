import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import { withLock } from '../../images/lock.ts';
import { makeFolder } from '../../make-folder.ts';
import { readProcessLimits } from '../../process/process-limits.ts';
import { spawnProcess, systemPath } from '../../process/run-process.ts';
import type { RuntimeSettings } from '../../settings.ts';
import type { EnginePlace } from '../../state/engine-place.ts';
import { type Engine, meetEngine } from './find-engine.ts';

const idleSeconds = 60;
const startTimeoutMs = 30_000;

/** Podman where it is installed; undefined elsewhere. */
export function findPodman(): string | undefined {
  return ['/usr/bin/podman', '/usr/local/bin/podman'].find((path) => existsSync(path));
}

const socketName = 'podman.sock';

/** Where a Podman service of our own is, whether it runs or not. */
export function placeOfService({ stateFolder }: Pick<RuntimeSettings, 'stateFolder'>): EnginePlace {
  return { source: 'a Podman service of our own', url: `unix://${join(stateFolder, 'run', socketName)}` };
}

/**
 * Podman's API without a service of the machine: one of our own, at a socket only this user has, and one for all commands.
 * It ends by itself when nobody asked it anything for a minute; containers run on without it. Throws ENGINE_FAILED with
 * what it said.
 */
export async function startPodmanService(
  podman: string,
  settings: Pick<RuntimeSettings, 'stateFolder' | 'engineVariables' | 'user'>,
): Promise<Engine> {
  const folder = join(settings.stateFolder, 'run');
  const place = placeOfService(settings);
  const socketPath = join(folder, socketName);
  const meet = (): Promise<Engine | undefined> =>
    existsSync(socketPath) ? meetEngine({ socketPath }, place).catch(() => undefined) : Promise.resolve(undefined);
  const found = await meet();
  if (found !== undefined) return found;
  makeFolder(folder, 0o700);
  // Two services at one socket: nobody would ask the first any more.
  return withLock(join(folder, 'podman.lock'), undefined, async () => {
    const other = await meet();
    if (other !== undefined) return other;
    const program = await startService(podman, folder, socketPath, settings);
    for (const deadline = performance.now() + startTimeoutMs; ; await delay(20)) {
      const engine = await meet();
      if (engine !== undefined) return engine;
      if (!program.hasEnded() && performance.now() < deadline) continue;
      program.end();
      throw new AppError('ENGINE_FAILED', 'podman system service does not start', { details: program.readLastWords() });
    }
  });
}

interface Service {
  readonly hasEnded: () => boolean;
  readonly end: () => void;
  readonly readLastWords: () => string[];
}

/** It writes to a file: to a stream of a command that has ended it could not write without being killed for it. */
async function startService(
  podman: string,
  folder: string,
  socketPath: string,
  settings: Pick<RuntimeSettings, 'engineVariables' | 'user'>,
): Promise<Service> {
  const { engineVariables = {}, user } = settings;
  const config = join(folder, 'containers.conf');
  writeFileSync(config, describeSettings(), { mode: 0o600 });
  const path = join(folder, 'podman.log');
  const log = openSync(path, 'w', 0o600);
  const words = [...chooseStorage(user.uid, engineVariables), 'system', 'service', `--time=${idleSeconds}`];
  const child = spawnProcess([podman, ...words, `unix://${socketPath}`], {
    detached: true,
    // conmon notes in the folder in which it was started that a container had no more memory.
    cwd: folder,
    env: {
      ...engineVariables,
      PATH: systemPath,
      // Podman 4.5 and newer adds this to the settings of the machine and the user; an older one knows theirs or ours.
      CONTAINERS_CONF_OVERRIDE: config,
      ...(hasOwnSettings('containers.conf', engineVariables) ? {} : { CONTAINERS_CONF: config }),
    },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let hasEnded = false;
  const note = (): void => {
    hasEnded = true;
  };
  child.once('error', note);
  child.once('exit', note);
  child.unref();
  return {
    hasEnded: () => hasEnded,
    end: () => void child.kill('SIGKILL'),
    readLastWords: () => readFileSync(path, 'utf8').slice(-2000).trim().split('\n').slice(-5),
  };
}

type Variables = Readonly<Record<string, string>>;

/** True where somebody has decided how Podman is to work here (containers.conf(5), containers-storage.conf(5)). */
function hasOwnSettings(name: 'containers.conf' | 'storage.conf', variables: Variables): boolean {
  const home = variables['HOME'] ?? '/root';
  return [join('/etc/containers', name), join(home, '.config/containers', name)].some((path) => existsSync(path));
}

/**
 * A normal user's first store is made with overlays, which kernels since 5.11 let such a user have. Podman itself takes
 * copies of whole trees where nobody told it.
 */
function chooseStorage(uid: number, variables: Variables): string[] {
  const store = join(variables['HOME'] ?? '/root', '.local/share/containers/storage');
  if (uid === 0 || hasOwnSettings('storage.conf', variables)) return [];
  // One that is there stays what it was made as.
  return existsSync(join(store, 'overlay')) || !existsSync(store) ? ['--storage-driver', 'overlay'] : [];
}

/**
 * What a machine needs that containers.conf(5) does not say by default: what an exec leaves goes soon, limits that are not above this process's own,
 * control groups without systemd where it is not there, and runc where they are a mix of both versions, which crun refuses.
 */
function describeSettings(): string {
  const limits = readProcessLimits();
  const rows = (['NOFILE', 'NPROC'] as const).flatMap((name) => {
    const limit = limits[name];
    const bound = Math.min(limit?.hard ?? 1024, 1_048_576);
    return limit === undefined ? [] : [`"${name.toLowerCase()}=${Math.min(limit.soft, bound)}:${bound}"`];
  });
  const isMixed = !existsSync('/sys/fs/cgroup/cgroup.controllers') && mentions('/proc/self/cgroup', '0::');
  const engine = [
    // What an exec leaves behind stays no longer than somebody may ask how it ended.
    'exit_command_delay=10',
    ...(existsSync('/run/systemd/system') ? [] : ['cgroup_manager="cgroupfs"', 'events_logger="file"']),
    ...(isMixed ? ['runtime="runc"'] : []),
  ];
  return `[containers]\ndefault_ulimits=[${rows.join(', ')}]\n[engine]\n${engine.map((row) => `${row}\n`).join('')}`;
}

function mentions(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes(text);
  } catch {
    return false;
  }
}
