import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
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
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import type { HeldPort } from '../contract/machine.ts';

const controlGroups = '/sys/fs/cgroup';

/** Of those for documentation (RFC 5737). */
const ownAddress = '192.0.2.1';

export type EngineKind = 'docker' | 'podman';

const programs: Readonly<Record<EngineKind, string>> = { docker: '/usr/sbin/dockerd', podman: '/usr/bin/podman' };

/** Why an engine cannot be tested here; undefined when it can. */
export function explainMissingEngine(kind: EngineKind): string | undefined {
  if (!existsSync(programs[kind])) return `${programs[kind]} is not installed`;
  return process.getuid?.() === 0 ? undefined : 'only root can start an engine of its own';
}

/**
 * An engine with a socket, data, network, mounts and process numbers of its own. It is a child of the first process of
 * its namespace: with that the kernel ends all that it started, also when this process is killed.
 */
export class PrivateEngine {
  readonly kind: EngineKind;
  private readonly folder: string;
  private readonly group: string;
  private keeper: ChildProcess | undefined;

  private constructor(kind: EngineKind) {
    this.kind = kind;
    this.folder = mkdtempSync(join(tmpdir(), `devstead-${kind}-`));
    this.group = `devstead-test-${process.pid}-${kind}`;
  }

  /** Starts it and waits until it answers. */
  static async start(kind: EngineKind): Promise<PrivateEngine> {
    const engine = new PrivateEngine(kind);
    try {
      await engine.begin();
      return engine;
    } catch (error) {
      await engine.remove();
      throw error;
    }
  }

  /** The variables by which it is found. */
  get variables(): Readonly<Record<string, string>> {
    return { DOCKER_HOST: `unix://${this.socket}` };
  }

  /** An address of its machine. */
  findAddress(): string {
    return ownAddress;
  }

  get socket(): string {
    return join(this.folder, 'engine.sock');
  }

  /**
   * What the engine's program died of by itself since it had its data, as its own log says; no fault of who used it, and with some
   * of them it dies so at every later start.
   */
  get panic(): string | undefined {
    return existsSync(this.log) ? /^panic: .*/m.exec(readFileSync(this.log, 'utf8'))?.[0] : undefined;
  }

  private get log(): string {
    return join(this.folder, 'engine.log');
  }

  /** Kills it with everything it runs, as a machine that loses its power does. */
  async kill(): Promise<void> {
    const { keeper } = this;
    this.keeper = undefined;
    if (keeper === undefined || keeper.exitCode !== null || keeper.signalCode !== null) return;
    const ended = new Promise((resolve) => keeper.once('exit', resolve));
    keeper.kill('SIGKILL');
    await ended;
  }

  /** Starts it again with what it had. */
  async begin(): Promise<void> {
    // What a machine that starts anew does not have either.
    for (const name of ['engine.sock', 'pid', 'exec', 'run', 'tmp'])
      rmSync(join(this.folder, name), { recursive: true, force: true });
    // Podmans that see one /dev/shm have their locks in one place there, where this one is killed and started anew beside others.
    const inside = `mount -t tmpfs run /run && mount -t tmpfs shm /dev/shm && ip link set lo up && ip address add ${ownAddress}/32 dev lo && exec ${this.describeProgram()}`;
    const apart = ['--mount', '--net', '--pid', '--mount-proc', '--fork', '--kill-child=KILL'];
    // Not a pipe: an engine that cannot write, because nobody reads meanwhile, stops with its locks held.
    const log = openSync(this.log, 'a');
    this.keeper = spawn('unshare', [...apart, 'sh', '-c', inside], {
      cwd: this.folder,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CONTAINERS_CONF: this.writePodmanSettings() },
      stdio: ['ignore', 'ignore', log],
    });
    closeSync(log);
    for (const deadline = Date.now() + 30_000; !(await this.answers()); await delay(50)) {
      if (this.keeper.exitCode !== null || Date.now() > deadline)
        throw new Error(`${this.kind} does not start:\n${readFileSync(this.log, 'utf8').slice(-4000)}`);
    }
  }

  /** Begins anew with nothing, at the same socket. */
  async renew(): Promise<void> {
    await this.remove();
    mkdirSync(this.folder, { mode: 0o700 });
    await this.begin();
  }

  /** Listens at a port of its machine. */
  async hold(address: string): Promise<HeldPort> {
    const listen = `import socket, sys
server = socket.create_server((sys.argv[1], 0), family=socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)
print(server.getsockname()[1], flush=True)
while True: server.accept()`;
    const child = this.enter(['python3', '-c', listen, address]);
    const port = Number(await once(createInterface({ input: child.stdout }), 'line'));
    const connect = 'import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)';
    return {
      port,
      isReached: async () => {
        const [code] = (await once(this.enter(['python3', '-c', connect, address, String(port)]), 'exit')) as [number];
        return code === 0;
      },
      close: () => void child.kill('SIGKILL'),
    };
  }

  /** Starts a program in its network. */
  private enter(argv: readonly string[]): ChildProcessByStdio<null, Readable, null> {
    const keeper = this.keeper?.pid ?? 0;
    const [inside = ''] = readFileSync(`/proc/${keeper}/task/${keeper}/children`, 'utf8').split(' ');
    return spawn('nsenter', ['--target', inside, '--net', ...argv], { stdio: ['ignore', 'pipe', 'ignore'] });
  }

  private describeProgram(): string {
    const at = (name: string): string => join(this.folder, name);
    if (this.kind === 'docker') {
      return `${programs.docker} --host unix://${this.socket} --data-root ${at('data')} --exec-root ${at('exec')} --pidfile ${at('pid')} --cgroup-parent /${this.group} --log-level error`;
    }
    return `${this.podmanWords().join(' ')} system service --time=0 unix://${this.socket}`;
  }

  private podmanWords(): readonly string[] {
    const at = (name: string): string => join(this.folder, name);
    const places = ['--root', at('data'), '--runroot', at('run'), '--tmpdir', at('tmp')];
    return [programs.podman, ...places, '--cgroup-manager', 'cgroupfs'];
  }

  /** Words that run `podman` beside its service: on the same storage, in the same namespaces. */
  podman(): readonly string[] {
    const keeper = this.keeper?.pid ?? 0;
    const [first = ''] = readFileSync(`/proc/${keeper}/task/${keeper}/children`, 'utf8').trim().split(' ');
    const settings = join(this.folder, 'containers.conf');
    const inside = ['nsenter', '--target', first, '--mount', '--net', '--pid', `--wd=${this.folder}`];
    return [...inside, 'env', `CONTAINERS_CONF=${settings}`, ...this.podmanWords()];
  }

  private writePodmanSettings(): string {
    const path = join(this.folder, 'containers.conf');
    const limits = 'default_ulimits=["nofile=1024:1024","nproc=1024:1024"]';
    const networks = `[network]\nnetwork_config_dir="${join(this.folder, 'networks')}"\n`;
    writeFileSync(path, `[containers]\n${limits}\n${networks}[engine]\nruntime="runc"\n`);
    return path;
  }

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const asked = request({ socketPath: this.socket, path: '/_ping', timeout: 2000 }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      });
      asked.once('error', () => resolve(false));
      asked.once('timeout', () => asked.destroy());
      asked.end();
    });
  }

  /** Asks it by its own API; the answer as JSON. */
  ask(path: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.socket, path, timeout: 10_000 }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString())));
      });
      asked.once('error', reject);
      asked.end();
    });
  }

  async readVersion(): Promise<string> {
    return ((await this.ask('/version')) as { readonly Version: string }).Version;
  }

  /** Ends it and all that it started, and removes what is left of it. */
  async remove(): Promise<void> {
    await this.kill();
    for (const controller of existsSync(controlGroups) ? readdirSync(controlGroups) : []) {
      const group = join(controlGroups, controller, this.group);
      if (existsSync(group)) await removeGroup(group);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Removes a control group with those below it, when the kernel has let go of the last process in them. */
async function removeGroup(group: string): Promise<void> {
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeGroup(join(group, entry.name));
  }
  for (const deadline = Date.now() + 10_000; existsSync(group); await delay(20)) {
    if (readFileSync(join(group, 'cgroup.procs'), 'utf8') === '') return rmdirSync(group);
    if (Date.now() > deadline) throw new Error(`${group} still has processes`);
  }
}
