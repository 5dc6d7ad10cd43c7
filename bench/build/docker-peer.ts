import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type BuildPeer, call, type PeerStart, unmountBelow } from './peer.ts';

/** Why there can be no Docker daemon here; undefined when there can. */
export function explainNoDocker(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can start a Docker daemon';
  return existsSync('/usr/sbin/dockerd') ? undefined : 'dockerd is not installed';
}

/** `docker build` by a daemon of its own, which touches neither networks nor firewall of the machine. */
export async function startDocker({ folder, archive, name, context }: PeerStart): Promise<BuildPeer> {
  const socket = `unix://${join(folder, 'docker.sock')}`;
  const places = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '-p', join(folder, 'pid')];
  const network = ['--iptables=false', '--ip-forward=false', '--bridge=none'];
  const daemon = spawn('dockerd', ['-H', socket, ...places, ...network, '--storage-driver', 'overlay2'], {
    stdio: 'ignore',
  });
  const env = { HOME: folder, DOCKER_HOST: socket, DOCKER_BUILDKIT: '0' };
  const docker = (...words: readonly string[]): void => call(['/usr/bin/docker', ...words], env);
  const build = (...words: readonly string[]): void => docker('build', '--network', 'host', ...words);
  try {
    await waitForDaemon(daemon, () => docker('version'));
    docker('load', '--input', archive);
    build('--tag', name, context);
  } catch (error) {
    await stop(daemon, folder);
    throw error;
  }
  return {
    name: execFileSync('/usr/bin/docker', ['--version'], { encoding: 'utf8' }).split(',')[0] ?? 'docker',
    build: (target, isFresh) => build(...(isFresh ? ['--no-cache'] : []), target),
    close: () => stop(daemon, folder),
  };
}

async function waitForDaemon(daemon: ChildProcess, ask: () => void): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      ask();
      return;
    } catch (error) {
      if (tries === 100 || daemon.exitCode !== null) throw error;
      await delay(100);
    }
  }
}

async function stop(daemon: ChildProcess, folder: string): Promise<void> {
  if (daemon.exitCode === null && daemon.signalCode === null) {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGTERM');
    await ended;
  }
  unmountBelow(folder);
}
