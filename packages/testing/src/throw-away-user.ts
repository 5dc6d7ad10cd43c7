import { execFileSync } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readTestSettings } from './environment-variables.ts';
import { type MachineChange, onChangedMachine } from './private-machine.ts';
import { type DevsteadCall, devsteadProgram, type Finished, RunningDevstead } from './run-devstead.ts';
import { firstScenarioPort } from './scenario-home.ts';

/** Why a normal user cannot be tried on this machine; undefined when one can. */
export function explainNoUser(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can make a user to try it with';
  for (const program of ['useradd', 'userdel', 'setpriv', 'newuidmap', 'newgidmap']) {
    if (!isProgram(program)) return `${program} is not installed`;
  }
  if (readSetting('user/max_user_namespaces') === '0')
    return 'user namespaces are switched off (user.max_user_namespaces)';
  if (readSetting('kernel/unprivileged_userns_clone') === '0')
    return 'user namespaces are for root alone (kernel.unprivileged_userns_clone)';
  return undefined;
}

function isProgram(name: string): boolean {
  return ['/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((folder) => existsSync(join(folder, name)));
}

function readSetting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

const repository = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

type UserCall = Partial<Pick<DevsteadCall, 'cwd' | 'timeoutMs' | 'input'>> & {
  /** The machine as this call and what it leaves running see it. Default: as it is. */
  readonly machine?: MachineChange;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** More words for setpriv(1). */
  readonly rights?: readonly string[];
};

/** A normal user of this machine with a home and subordinate ids, and Devstead where that user can read it. */
export class ThrowAwayUser {
  readonly name = `devstead-test-${process.pid}`;
  readonly root: string;
  readonly state: string;
  readonly uid: number;
  readonly gid: number;
  /** The repository, or a copy of it where a normal user cannot go there. */
  readonly repository: string;

  constructor() {
    execFileSync('useradd', ['--create-home', '--shell', '/bin/sh', this.name], { stdio: 'pipe' });
    this.root = join('/home', this.name);
    this.state = join(this.root, 'state');
    ({ uid: this.uid, gid: this.gid } = statSync(this.root));
    this.repository = this.findRepository();
    this.copyPackages();
  }

  /** Runs `devstead` as this user to its end. */
  run(args: readonly string[], call: UserCall = {}): Promise<Finished> {
    return this.runProgram([join(this.repository, 'bin/devstead'), ...args], call);
  }

  async runWell(args: readonly string[], call: UserCall = {}): Promise<Finished> {
    const result = await this.run(args, call);
    if (result.code === 0) return result;
    throw new Error(`devstead ${args.join(' ')} ended with ${result.code}\n${result.stdout}\n${result.stderr}`);
  }

  /** Runs any program as this user to its end. */
  runProgram([program = '', ...args]: readonly string[], call: UserCall = {}): Promise<Finished> {
    const { machine = [], env = {}, rights = [], cwd = this.root, ...rest } = call;
    const identity = [`--reuid=${this.uid}`, `--regid=${this.gid}`, '--init-groups', '--inh-caps=-all'];
    const prefix = [...(machine.length > 0 ? onChangedMachine(machine) : []), 'setpriv', ...identity, ...rights];
    return new RunningDevstead({ ...rest, cwd, args, prefix, program, env: { ...this.environment(), ...env } })
      .finished;
  }

  /** A copy of a fixture in the user's home. */
  copyFixture(name: string): string {
    const folder = join(this.root, name);
    cpSync(fileURLToPath(new URL(`../fixtures/${name}/`, import.meta.url)), folder, { recursive: true });
    this.giveAway(folder);
    return folder;
  }

  /** Removes the user and everything that is the user's. */
  async remove(): Promise<void> {
    await this.run(['down', '--all', '--volumes', '--no-commands']);
    for (let left = this.listProcesses(); left.length > 0; left = this.listProcesses()) {
      for (const pid of left) process.kill(pid, 'SIGKILL');
      await delay(50);
    }
    for (const group of this.listControlGroups()) rmdirSync(group);
    execFileSync('userdel', ['--remove', '--force', this.name], { stdio: 'pipe' });
  }

  /** Those that were handed over to this user. */
  private listControlGroups(): string[] {
    const root = '/sys/fs/cgroup';
    const hierarchies = existsSync(root) ? readdirSync(root).map((name) => join(root, name)) : [];
    return hierarchies.map((path) => join(path, `devstead-${this.uid}`)).filter((path) => existsSync(path));
  }

  private environment(): Record<string, string> {
    const own = /^(HOME|USER|LOGNAME|MAIL|SHELL|PWD|OLDPWD|TMPDIR|XDG_.*)$/;
    const passed = Object.entries(readTestSettings().passedOn).filter(([name]) => !own.test(name));
    return {
      ...Object.fromEntries(passed),
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
      HOME: this.root,
      USER: this.name,
      LOGNAME: this.name,
      DEVSTEAD_HOME: this.state,
      DEVSTEAD_PORTS_FIRST: String(firstScenarioPort),
    };
  }

  private findRepository(): string {
    const check = ['--reuid', String(this.uid), '--regid', String(this.gid), '--clear-groups'];
    try {
      execFileSync('setpriv', [...check, 'test', '-r', devsteadProgram], { stdio: 'pipe' });
      return repository;
    } catch {
      const copy = join(this.root, 'devstead');
      mkdirSync(copy);
      const parts = ['bin', 'packages', 'node_modules', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
      for (const part of parts) execFileSync('cp', ['-a', join(repository, part), copy]);
      this.giveAway(copy);
      return copy;
    }
  }

  /** Packages that were downloaded for root's images need not be downloaded again. */
  private copyPackages(): void {
    const { passedOn } = readTestSettings();
    const cache = join(
      passedOn['XDG_CACHE_HOME'] ?? join(passedOn['HOME'] ?? userInfo().homedir, '.cache'),
      'devstead',
      'packages',
    );
    const target = join(this.root, '.cache', 'devstead', 'packages');
    mkdirSync(target, { recursive: true });
    try {
      accessSync(cache, constants.R_OK);
      execFileSync('cp', ['-a', `${cache}/.`, target]);
    } catch {
      // Then they are downloaded.
    }
    this.giveAway(join(this.root, '.cache'));
  }

  /** Makes this user the owner of a file or of a folder with all in it. */
  giveAway(path: string): void {
    execFileSync('chown', ['-R', `${this.uid}:${this.gid}`, path]);
  }

  private listProcesses(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => {
        try {
          return (
            statSync(`/proc/${name}`).uid === this.uid &&
            !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${name}/status`, 'utf8'))
          );
        } catch {
          return false;
        }
      })
      .map(Number);
  }
}
