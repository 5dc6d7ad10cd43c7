import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findRemains, type Inventory, isOthersGroup, takeInventory } from './machine-inventory.ts';
import { createRandom, type Random } from './random.ts';
import { ScenarioHome } from './scenario-home.ts';
import { askPort } from './tcp-port.ts';

/** What is measured in a round: times, then what the workspace that stays up holds, then what lies on disk. */
export interface SoakRound {
  readonly startMs: number;
  readonly stopMs: number;
  /** A command that starts nothing: how busy the machine is. */
  readonly yardstickMs: number;
  /** Memory of the supervisor that runs all the time. */
  readonly residentKb: number;
  /** Open files of all processes of its workspace on the machine. */
  readonly openFiles: number;
  /** Everything in the state folder but images. */
  readonly stateBytes: number;
}

const warmUpConnections = 12_000;

/**
 * One workspace that is started and stopped again and again, beside one that stays up and is used meanwhile: what a
 * start leaves behind shows on the machine, and what a supervisor never gives back shows in it.
 */
export class SoakBench {
  private readonly home = new ScenarioHome();
  private readonly random: Random;
  private readonly folder = this.home.copyFixture('cache-and-tools', 'soaked');
  private readonly steady = this.home.copyFixture('rootless', 'steady');
  private port = 0;
  private atRest: Inventory = new Set();

  constructor(seed: number) {
    this.random = createRandom(seed);
  }

  /** Brings the workspace up that stays, and the other one through a first round, from which on nothing may be added. */
  async begin(): Promise<void> {
    const { stdout } = await this.home.runWell(['up', '--output', 'json'], { cwd: this.steady });
    const { addresses } = JSON.parse(stdout) as { addresses: readonly { url: string }[] };
    this.port = Number(new URL(addresses[0]?.url ?? '').port);
    // A heap first grows to the size at which it is cleaned often enough.
    for (let count = 0; count < warmUpConnections; count += 1) await askPort(this.port, 'PING\r\n');
    await this.round();
    await this.startAndStop();
    this.atRest = takeInventory(this.home);
  }

  /** A start and a stop, in one of three by `down`, with some use of both workspaces between. */
  async round(): Promise<SoakRound> {
    const startMs = await this.measure('up', this.folder);
    await this.home.runWell(['exec', 'redis', 'redis-cli', 'SET', 'key', 'value'], { cwd: this.folder });
    for (let count = this.random.below(20); count >= 0; count -= 1) await askPort(this.port, 'PING\r\n');
    const stateBytes = measureFolder(join(this.home.state, 'workspaces'));
    const stopMs = await this.measure(this.random.below(3) === 0 ? 'down' : 'stop', this.folder);
    const yardstickMs = await this.measure('--version', this.folder);
    const processes = this.listSteadyProcesses();
    const supervisor = processes.find(({ line }) => line.includes('supervisor/main.'));
    return {
      startMs,
      stopMs,
      yardstickMs,
      residentKb: Number(/^VmRSS:\s*(\d+)/m.exec(readText(`/proc/${supervisor?.pid}/status`))?.[1] ?? Number.NaN),
      openFiles: processes.reduce((total, { pid }) => total + countEntries(`/proc/${pid}/fd`), 0),
      stateBytes,
    };
  }

  /** What is there now and was not after the first round: processes, mounts, control groups, ports, files. */
  async findAdded(): Promise<readonly string[]> {
    await this.startAndStop();
    const found = await findRemains(this.home, this.atRest, (line) => this.isOthers(line));
    const monitors = found.filter(isOfMonitor);
    return monitors.length > mostOfMonitors ? found : found.filter((line) => !isOfMonitor(line));
  }

  async remove(): Promise<void> {
    await this.home.remove();
  }

  private isOthers(line: string): boolean {
    return isOthersGroup(line, readdirSync(join(this.home.state, 'workspaces')));
  }

  private async startAndStop(): Promise<void> {
    await this.home.runWell(['up'], { cwd: this.folder });
    await this.home.runWell(['stop'], { cwd: this.folder });
  }

  private async measure(command: string, cwd: string): Promise<number> {
    const started = performance.now();
    await this.home.runWell([command], { cwd });
    return performance.now() - started;
  }

  /** While the other workspace is stopped, all processes are of the one that stays. */
  private listSteadyProcesses(): { pid: string; line: string }[] {
    return [...takeInventory(this.home)].flatMap((line) => {
      const pid = /^process (\d+) /.exec(line)?.[1];
      return pid === undefined ? [] : [{ pid, line }];
    });
  }
}

/** What a monitor leaves that is ended before it has cleared up: its socket, and a file it was about to put in place. */
function isOfMonitor(line: string): boolean {
  return /\/containers\/[^/]+\/(?:bundle\/attach|(?:bundle|run)\/[a-z]+\.[A-Za-z0-9]{6})$/.test(line);
}

/** The next start removes it, so there is never more than that of one stop: for each of two containers a socket and two files. */
const mostOfMonitors = 6;

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function countEntries(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0;
  }
}

function measureFolder(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).reduce((total, entry) => {
    const size = entry.isFile() ? statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size : 0;
    return total + (size ?? 0);
  }, 0);
}
