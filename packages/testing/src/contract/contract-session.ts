import type { ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync, realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { readDevfile } from '@devstead/devfile';
import { type Environment, readEnvironmentFromDevfile } from '@devstead/environment';
import { systemClock } from '@devstead/kit';
import {
  carryOut,
  type ExecInContainer,
  exitCodeOf,
  findWorkspace,
  openWorkspace,
  type Plan,
  type PlanEvent,
  prepareApply,
  prepareDown,
  prepareStop,
  prepareUp,
  type Runtime,
  type RuntimeSettings,
  recordUp,
  type Workspace,
} from '@devstead/runtime';
import { firstScenarioPort, ScenarioHome } from '../scenario-home.ts';
import type { Machine } from './machine.ts';

/** Opens the runtime under test on one workspace. */
export type OpenRuntime = ((workspace: Workspace, settings: RuntimeSettings) => Runtime) & {
  /** Present where it is an engine's: how that is found, and what it cannot do. */
  readonly engine?: EngineUnderTest;
};

/** What tests must know of an engine. */
export interface EngineUnderTest {
  /** The variables by which it is found. */
  readonly variables: Readonly<Record<string, string>>;
  /** Kills the engine with all it runs, and starts it again, as a machine does that lost its power. */
  readonly restart: () => Promise<void>;
  readonly readVersion: () => Promise<string>;
  /** What it takes for its machine. */
  readonly machine: Machine;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type ExecOptions = Pick<ExecInContainer, 'env' | 'workingDir'> & { readonly input?: string | Buffer };

/** Counts the routes to all addresses (proc(5), /proc/net/route). */
export const countOutlets = `grep -cE '^\\S+\\s+00000000\\s' /proc/net/route`;

/** One workspace of the contract suite, driven through the interface alone. */
export class ContractSession {
  workspace: Workspace;
  runtime: Runtime;
  readonly folder: string;
  private readonly settings: RuntimeSettings;
  private readonly openRuntime: OpenRuntime;

  constructor(workspace: Workspace, folder: string, settings: RuntimeSettings, openRuntime: OpenRuntime) {
    this.workspace = workspace;
    this.folder = folder;
    this.settings = settings;
    this.openRuntime = openRuntime;
    this.runtime = openRuntime(workspace, settings);
  }

  /** Brings an environment up; the plan that was carried out. */
  async up(devfile: string, options: { readonly readyTimeoutMs?: number } = {}): Promise<Plan> {
    const prepared = await prepareUp(this.workspace, await readText(devfile), this.runtime, this.settings, {
      publishesInternal: false,
      runsCommands: true,
      readyTimeoutMs: options.readyTimeoutMs ?? 30_000,
    });
    this.workspace = recordUp(prepared);
    await this.carryOut(prepared.plan);
    return prepared.plan;
  }

  /** Carries out what an apply command says; the plan that was. */
  async apply(devfile: string, id: string): Promise<Plan> {
    const environment = await readText(devfile);
    const command = environment.commands.find((candidate) => candidate.id === id);
    if (command?.type !== 'apply') throw new Error(`${id} applies nothing`);
    const { workspace, runtime, settings } = this;
    const plan = await prepareApply(workspace, environment, runtime, settings, { command, readyTimeoutMs: 30_000 });
    await this.carryOut(plan);
    return plan;
  }

  async stop(): Promise<void> {
    await this.carryOut(await prepareStop(this.workspace, this.runtime, true));
  }

  async down(removesVolumes: boolean): Promise<void> {
    await this.carryOut(await prepareDown(this.workspace, this.runtime, { runsCommands: false, removesVolumes }));
  }

  /** Another process's view: nothing of this session's memory is used. */
  reopen(): Runtime {
    const found = findWorkspace(this.settings.stateFolder, { name: this.workspace.id, folder: this.folder });
    return this.openRuntime(found, this.settings);
  }

  /** Runs a program in a container to its end. */
  async exec(container: string, argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const { input, ...rest } = options;
    const child = this.runtime.exec({
      ...rest,
      container,
      argv,
      hasTerminal: false,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const output = gather(child);
    if (input !== undefined) child.stdin?.end(input);
    return { code: await waitForExit(child), ...output };
  }

  /** Runs a shell line to its end. */
  shell(container: string, line: string, options: ExecOptions = {}): Promise<ExecResult> {
    return this.exec(container, ['sh', '-c', line], options);
  }

  /** What a shell line that must end well prints. */
  async ask(container: string, line: string): Promise<string> {
    const { code, stdout, stderr } = await this.shell(container, line);
    if (code !== 0) throw new Error(`${line} ended with ${code}: ${stderr}`);
    return stdout.trim();
  }

  async hostPort(endpoint: string): Promise<number> {
    const port = (await this.runtime.observe()).publishedPorts[endpoint];
    if (port === undefined) throw new Error(`${endpoint} is not published`);
    return port;
  }

  async texts(container: string): Promise<string[]> {
    return (await this.runtime.readLogs({ containers: [container] })).map(({ text }) => text);
  }

  private async carryOut(plan: Plan): Promise<readonly PlanEvent[]> {
    const events: PlanEvent[] = [];
    await carryOut(this.workspace, this.runtime, plan, {
      clock: systemClock,
      signal: new AbortController().signal,
      onEvent: (event) => events.push(event),
    });
    return events;
  }
}

/** A home and the sessions in it. */
export class ContractBench {
  readonly home: ScenarioHome;
  private readonly openRuntime: OpenRuntime;
  private readonly sessions: ContractSession[] = [];

  constructor(openRuntime: OpenRuntime) {
    this.home = new ScenarioHome(openRuntime.engine?.variables);
    this.openRuntime = openRuntime;
  }

  /** A workspace of a name and folder, not yet up. */
  open(name: string, folderName: string = name): ContractSession {
    const folder = join(this.home.projects, folderName);
    mkdirSync(folder, { recursive: true });
    const { username, uid, gid } = userInfo();
    const settings: RuntimeSettings = {
      stateFolder: this.home.state,
      cacheFolder: join(this.home.root, 'cache'),
      user: { name: username, uid, gid },
      node: process.execPath,
      proxies: [],
      pip: [],
      gitEnv: {},
      firstPort: firstScenarioPort,
      ...(this.openRuntime.engine === undefined ? {} : { engineVariables: this.openRuntime.engine.variables }),
      rewrites: { 'example.com/base': 'base' },
    };
    // An engine runs what has sources as their owner.
    if (this.openRuntime.engine !== undefined && uid === 0) chownSync(folder, 1000, 1000);
    const real = realpathSync(folder);
    const workspace = openWorkspace(
      settings.stateFolder,
      { name, folder: real, devfile: join(real, 'devfile.yaml') },
      Date.now(),
    );
    const session = new ContractSession(workspace, real, settings, this.openRuntime);
    this.sessions.push(session);
    return session;
  }

  /** A workspace of that name, up. */
  async start(name: string, devfile: string): Promise<ContractSession> {
    const session = this.open(name);
    await session.up(devfile);
    return session;
  }

  /** Removes what was opened, data too. */
  async close(): Promise<void> {
    await this.home.remove();
  }
}

async function readText(devfile: string): Promise<Environment> {
  const file = 'devfile.yaml';
  const read = await readDevfile(devfile, { file });
  const reading =
    read.devfile &&
    readEnvironmentFromDevfile(read.devfile, { originsOf: read.originsOf, file, fallbackName: 'contract' });
  if (reading !== undefined) return reading.environment;
  throw new Error(read.diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
}

/** A devfile of these components and whatever follows them, both as YAML. */
export function devfileOf(components: string, rest = ''): string {
  return `schemaVersion: 2.2.2\nmetadata: {name: contract}\ncomponents:\n${components}\n${rest}\n`;
}

/** A container of the Python image as a YAML list item; more of its fields in flow style. */
export function tools(name: string, more = ''): string {
  return `  - name: ${name}\n    container: {image: "docker.io/library/python:3.11"${more === '' ? '' : `, ${more}`}}`;
}

/** A container with a shell line as its program. */
export function shellContainer(name: string, line: string, more = ''): string {
  return tools(name, `command: [bash, -c], args: [${JSON.stringify(line)}]${more === '' ? '' : `, ${more}`}`);
}

/** What a child printed so far; grows until it ends. */
export function gather(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  }
  return output;
}

export function waitForExit(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}
