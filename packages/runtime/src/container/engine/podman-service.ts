import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import { makeFolder } from '../../make-folder.ts';
import { readProcessLimits } from '../../process/process-limits.ts';
import { spawnProcess, systemPath } from '../../process/run-process.ts';
import type { RuntimeSettings } from '../../settings.ts';
import { type Engine, meetEngine } from './find-engine.ts';

const idleSeconds = 60;
const startTimeoutMs = 15_000;

/** Podman where it is installed; undefined elsewhere. */
export function findPodman(): string | undefined {
  return ['/usr/bin/podman', '/usr/local/bin/podman'].find((path) => existsSync(path));
}

/**
 * Podman's API without a service of the machine: one of our own, at a socket only this user has. It ends by itself when
 * nobody asked it anything for a minute; containers run on without it. Throws ENGINE_FAILED with what it said.
 */
export async function startPodmanService(podman: string, settings: RuntimeSettings): Promise<Engine> {
  const folder = join(settings.stateFolder, 'run');
  const socketPath = join(folder, 'podman.sock');
  const source = 'a Podman service of our own';
  const meet = (): Promise<Engine> => meetEngine({ socketPath }, source);
  if (existsSync(socketPath)) {
    const found = await meet().catch(() => undefined);
    if (found !== undefined) return found;
  }
  makeFolder(folder, 0o700);
  const config = join(folder, 'containers.conf');
  writeFileSync(config, describeSettings(), { mode: 0o600 });
  const child = spawnProcess([podman, 'system', 'service', `--time=${idleSeconds}`, `unix://${socketPath}`], {
    detached: true,
    cwd: '/',
    env: { ...settings.engineVariables, PATH: systemPath, CONTAINERS_CONF: config },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  let hasEnded = false;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  child.once('error', () => {
    hasEnded = true;
  });
  child.once('exit', () => {
    hasEnded = true;
  });
  try {
    for (const deadline = performance.now() + startTimeoutMs; ; await delay(20)) {
      const found = existsSync(socketPath) ? await meet().catch(() => undefined) : undefined;
      if (found !== undefined) return found;
      if (hasEnded || performance.now() > deadline)
        throw new AppError('ENGINE_FAILED', 'podman system service does not start', {
          details: said.trim().split('\n').slice(-5),
        });
    }
  } finally {
    child.stderr?.destroy();
    child.unref();
  }
}

/**
 * What a machine needs that containers.conf(5) does not say by default: limits that are not above this process's own,
 * and runc where control groups are a mix of both versions, which crun refuses.
 */
function describeSettings(): string {
  const limits = readProcessLimits();
  const rows = (['NOFILE', 'NPROC'] as const).flatMap((name) => {
    const limit = limits[name];
    const bound = Math.min(limit?.hard ?? 1024, 1_048_576);
    return limit === undefined ? [] : [`"${name.toLowerCase()}=${Math.min(limit.soft, bound)}:${bound}"`];
  });
  const isMixed = !existsSync('/sys/fs/cgroup/cgroup.controllers') && mentions('/proc/self/cgroup', '0::');
  return `[containers]\ndefault_ulimits=[${rows.join(', ')}]\n${isMixed ? '[engine]\nruntime="runc"\n' : ''}`;
}

function mentions(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes(text);
  } catch {
    return false;
  }
}
