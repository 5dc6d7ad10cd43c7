import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PrivateEngine } from '../engines/private-engine.ts';
import { killProcess } from '../kill-process.ts';
import { findRemains, type Inventory, isOthersGroup, isOthersMount, takeInventory } from '../machine-inventory.ts';
import type { RunningDevstead } from '../run-devstead.ts';
import { ScenarioHome } from '../scenario-home.ts';
import { listEngineRemains } from './engine-inventory.ts';
import type { KillRound, Victim } from './kill-rounds.ts';
import type { KilledWorkspace, KillSubject } from './kill-subject.ts';

/** What is there after a round's second `up`, and what its `down` leaves. */
export interface KillOutcome<Found> {
  readonly found: Found;
  readonly remains: readonly string[];
}

/** A round that was carried out. */
interface CarriedOut<Found> {
  readonly outcome: KillOutcome<Found>;
  readonly expected: KillOutcome<Found>;
}

/** How often a round is carried out when the engine's program dies of itself in it. */
const mostTries = 6;
/** A try is that much later than the one before: an engine that dies of what it was doing dies of it each time. */
const laterMs = 60;

/** A workspace that goes through rounds of `up`, kill -9, `up`, `down`. */
export class KillBench<Found> {
  readonly home: ScenarioHome;
  readonly subject: KillSubject<Found>;
  private readonly engine: PrivateEngine | undefined;
  private readonly empty: Inventory;
  private id: string | undefined;
  /** Rounds whose data the workspace has. */
  private written = 0;

  private constructor(home: ScenarioHome, subject: KillSubject<Found>, engine: PrivateEngine | undefined) {
    this.home = home;
    this.subject = subject;
    this.engine = engine;
    this.empty = takeInventory(home);
  }

  static async start<Found>({ open, engine: kind }: KilledWorkspace<Found>): Promise<KillBench<Found>> {
    const engine = kind === undefined ? undefined : await PrivateEngine.start(kind);
    const home = new ScenarioHome(engine === undefined ? {} : { ...engine.variables, DEVSTEAD_RUNTIME: 'container' });
    try {
      const bench = new KillBench(home, await open(home), engine);
      await bench.subject.prepare?.();
      return bench;
    } catch (error) {
      try {
        await home.remove();
      } finally {
        await engine?.remove();
      }
      throw error;
    }
  }

  /** Steps of a first `up`, to hold the subject's steps to. */
  async listSteps(): Promise<string[]> {
    const { stdout } = await this.devstead('up', '--dry-run', '--output', 'json');
    return (JSON.parse(stdout) as { steps: { id: string }[] }).steps.map(({ id }) => id);
  }

  /**
   * Carries out one round and tells how it went; throws when a command that must end well does not. A round in which the engine's
   * program died of itself is told and carried out again a little later, on an engine that begins anew.
   */
  async run(round: KillRound): Promise<CarriedOut<Found>> {
    const { engine, subject } = this;
    for (let tries = 1; ; tries += 1) {
      const delayMs = round.delayMs + (tries - 1) * laterMs;
      const tried = await this.carryOut({ ...round, delayMs }).catch((error: unknown) => {
        if (engine?.panic === undefined || tries === mostTries) throw error;
        return undefined;
      });
      if (tried !== undefined && (engine?.panic === undefined || tries === mostTries))
        return { outcome: tried, expected: { found: subject.expected(this.written), remains: [] } };
      process.stdout.write(`round ${round.number} is repeated, its engine died of itself: ${engine?.panic}\n`);
      await this.renew();
    }
  }

  /** The workspace begins anew on an engine that has nothing. */
  private async renew(): Promise<void> {
    await this.engine?.renew();
    await this.devstead('down', '--volumes');
    await this.subject.prepare?.();
    this.written = 0;
  }

  private async carryOut(round: KillRound): Promise<KillOutcome<Found>> {
    const { subject, home } = this;
    const atRest = takeInventory(home);
    await this.devstead('up');
    await subject.write(this.written + 1);
    this.written += 1;
    if (round.action === 'up') await this.devstead(round.before === 'removed' ? 'down' : 'stop');
    if (round.step !== undefined) subject.beforeStep?.(round.step);
    await this.killAt(round);
    await this.devstead('up');
    const found = await subject.look(this.written);
    await this.devstead('down');
    return { found, remains: await this.findRemains(atRest, subject.isKept) };
  }

  /** Ends the rounds: what is left with the volumes gone as well. */
  async finish(): Promise<readonly string[]> {
    this.findId();
    await this.devstead('down', '--volumes');
    return this.findRemains(this.empty);
  }

  async remove(): Promise<void> {
    try {
      await this.home.remove();
    } finally {
      await this.engine?.remove();
      await this.subject.close?.();
    }
  }

  private async findRemains(before: Inventory, isKept: (line: string) => boolean = () => false): Promise<string[]> {
    const atEngine = this.engine === undefined ? [] : await listEngineRemains(this.engine);
    const id = this.findId();
    const ids = id === undefined ? [] : [id];
    const isExpected = (line: string): boolean => isKept(line) || isOthersGroup(line, ids) || isOthersMount(line);
    return [...(await findRemains(this.home, before, isExpected)), ...atEngine.filter((line) => !isKept(line))];
  }

  private async devstead(...args: readonly string[]): Promise<{ stdout: string }> {
    return this.home.runWell(args, this.call());
  }

  private call(): { cwd: string; env: Readonly<Record<string, string>> } {
    return { cwd: this.subject.folder, env: this.subject.env };
  }

  private async killAt(round: KillRound): Promise<void> {
    if (round.action === 'none') {
      await delay(round.delayMs);
      await this.kill(round.victim, undefined);
      if (round.victim === 'engine') await this.engine?.begin();
      return;
    }
    const events = this.events();
    if (events !== undefined) rmSync(events, { force: true });
    const running = this.home.start([round.action], this.call());
    if (round.step !== undefined) await this.waitForStep(running, round.step, round.moment);
    await delay(round.delayMs);
    await this.kill(round.victim, running);
    await running.finished;
    if (round.victim === 'engine') await this.engine?.begin();
  }

  private async waitForStep(running: RunningDevstead, step: string, moment: KillRound['moment']): Promise<void> {
    const mark = `"type":"step.${moment}"`;
    let isOver = false;
    void running.finished.finally(() => {
      isOver = true;
    });
    for (;;) {
      const events = this.events();
      const text = events !== undefined && existsSync(events) ? readFileSync(events, 'utf8') : '';
      if (text.split('\n').some((line) => line.includes(mark) && line.includes(`"stepId":"${step}"`))) return;
      if (isOver) throw new Error(`${step} never ${moment}:\n${running.output}\n${text}`);
      await delay(1);
    }
  }

  private async kill(victim: Victim, running: RunningDevstead | undefined): Promise<void> {
    if (victim === 'engine') await this.engine?.kill();
    if (victim === 'cli' || victim === 'both') running?.child.kill('SIGKILL');
    if (victim === 'supervisor' || victim === 'both') this.killProcesses((line) => line.includes('/supervisor/'));
    if (victim === 'everything') this.killProcesses(() => true);
  }

  private killProcesses(isMeant: (line: string) => boolean): void {
    for (const line of takeInventory(this.home)) {
      const pid = /^process (\d+) /.exec(line)?.[1];
      if (pid === undefined || !isMeant(line)) continue;
      killProcess(Number(pid));
    }
  }

  /** What the command tells as it goes; undefined before the first `up`. */
  private events(): string | undefined {
    const id = this.findId();
    return id === undefined ? undefined : join(this.home.state, 'workspaces', id, 'events.jsonl');
  }

  /** The only workspace's id, also when it is gone. */
  private findId(): string | undefined {
    const workspaces = join(this.home.state, 'workspaces');
    this.id ??= existsSync(workspaces) ? readdirSync(workspaces)[0] : undefined;
    return this.id;
  }
}
