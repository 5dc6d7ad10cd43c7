import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tieToCaller } from '../../packages/runtime/src/process/tie-to-caller.ts';

const controlGroups = '/sys/fs/cgroup';

/**
 * A Docker Engine with sockets, data, network, mounts and process numbers of its own. It is the first process of its
 * namespace: with it the kernel ends all that it started, also when this process is killed.
 */
export class DockerEngine {
  private readonly folder: string;
  private readonly daemon: ChildProcess;
  private readonly group = `devstead-bench-${process.pid}`;

  private constructor(folder: string) {
    this.folder = folder;
    const inside = 'mount -t tmpfs run /run && ip link set lo up && exec dockerd "$@"';
    const options = {
      '--host': this.address,
      '--data-root': join(folder, 'data'),
      '--exec-root': join(folder, 'exec'),
      '--pidfile': join(folder, 'dockerd.pid'),
      '--cgroup-parent': `/${this.group}`,
      '--log-level': 'error',
    };
    const apart = ['unshare', '--mount', '--net', '--pid', '--mount-proc', '--fork', '--kill-child=KILL'];
    // unshare(1) takes no other signal while it waits.
    const argv = [...tieToCaller('KILL'), ...apart, 'sh', '-c', inside, 'dockerd', ...Object.entries(options).flat()];
    const [program = '', ...words] = argv;
    // Not a pipe: an engine that cannot write, because nobody reads while programs are measured, stops.
    const log = openSync(this.log, 'w');
    this.daemon = spawn(program, words, { stdio: ['ignore', 'ignore', log] });
    closeSync(log);
  }

  private get log(): string {
    return join(this.folder, 'engine.log');
  }

  /** Starts it and waits until it answers. */
  static async start(): Promise<DockerEngine> {
    const folder = mkdtempSync(join(tmpdir(), 'devstead-bench-docker-'));
    const engine = new DockerEngine(folder);
    try {
      await engine.waitUntilItAnswers();
      return engine;
    } catch (error) {
      await engine.stop();
      throw error;
    }
  }

  version(): string {
    return this.docker('version', '--format', '{{.Server.Version}}').trim();
  }

  /** Takes an image from an archive of `devstead image export`, under other names. */
  load(archive: string, names: readonly string[]): void {
    const said = this.docker('load', '--quiet', '--input', archive);
    const [, found] = /Loaded image(?: ID)?: (\S+)/.exec(said) ?? [];
    if (found === undefined) throw new Error(`docker load said: ${said}`);
    for (const name of names) this.docker('tag', found, name);
  }

  /** The environment that makes docker compose talk to it. */
  env(): NodeJS.ProcessEnv {
    const config = join(this.folder, 'config');
    mkdirSync(config, { recursive: true });
    return { ...process.env, DOCKER_HOST: this.address, DOCKER_CONFIG: config };
  }

  /** Ends it and all that it started, and removes what is left of it. */
  async stop(): Promise<void> {
    if (this.daemon.exitCode === null && this.daemon.signalCode === null) {
      const ended = new Promise((resolve) => this.daemon.once('exit', resolve));
      this.daemon.kill('SIGKILL');
      await ended;
    }
    for (const controller of readdirSync(controlGroups)) {
      const group = join(controlGroups, controller, this.group);
      if (existsSync(group)) await removeGroup(group);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get address(): string {
    return `unix://${join(this.folder, 'docker.sock')}`;
  }

  private docker(...words: readonly string[]): string {
    return execFileSync('docker', words, { env: this.env(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  private async waitUntilItAnswers(): Promise<void> {
    for (const deadline = Date.now() + 30_000; ; await delay(100)) {
      if (this.daemon.exitCode !== null || Date.now() > deadline)
        throw new Error(`dockerd does not start:\n${readFileSync(this.log, 'utf8').slice(-4000)}`);
      try {
        this.version();
        return;
      } catch {
        // It is still starting.
      }
    }
  }
}

/** Removes a control group with those below it, when the kernel has let go of the last process in them. */
async function removeGroup(group: string): Promise<void> {
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeGroup(join(group, entry.name));
  }
  for (const deadline = Date.now() + 10_000; existsSync(group); await delay(20)) {
    const isEmpty = readFileSync(join(group, 'cgroup.procs'), 'utf8') === '';
    if (isEmpty) return rmdirSync(group);
    if (Date.now() > deadline) throw new Error(`${group} still has processes`);
  }
}
