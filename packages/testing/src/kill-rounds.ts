import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { findRemains, type Inventory, takeInventory } from './machine-inventory.ts';
import { createRandom } from './random.ts';
import type { RunningDevstead } from './run-devstead.ts';
import { ScenarioHome } from './scenario-home.ts';

/** The steps of the fixture's `up` and `stop`, in the order in which rounds are spread over them. */
export const killedSteps = {
  up: [
    'sandbox.start',
    'network.connect',
    'container.start tools',
    'container.start redis',
    'container.ready tools',
    'container.ready redis',
    'ports.publish',
    'command.run preStart 1 prepare',
    'event.finish preStart',
    'command.run postStart 1 greet',
    'event.finish postStart',
  ],
  stop: [
    'command.run preStop 1 say-goodbye',
    'supervisor.stop',
    'container.stop tools',
    'container.stop redis',
    'sandbox.stop',
  ],
} as const;

type Victim = 'cli' | 'supervisor' | 'both' | 'everything';

/** One kill: what is at work, where it is hit, what is killed. */
export interface KillRound {
  readonly number: number;
  readonly action: 'up' | 'stop' | 'down' | 'none';
  /** Absent: at a time after the start instead of at a step. */
  readonly step?: string;
  readonly moment: 'started' | 'ended';
  readonly delayMs: number;
  readonly victim: Victim;
  /** What the workspace was before an `up`. */
  readonly before: 'removed' | 'stopped';
}

/** The rounds of a seed: every step once before any comes twice. */
export function planKillRounds(count: number, seed: number): KillRound[] {
  const random = createRandom(seed);
  const targets = [
    ...killedSteps.up.map((step) => ({ action: 'up' as const, step })),
    ...killedSteps.stop.map((step) => ({ action: 'stop' as const, step })),
    { action: 'down' as const },
    { action: 'down' as const },
    { action: 'none' as const },
  ];
  let left: typeof targets = [];
  return Array.from({ length: count }, (_, index) => {
    if (left.length === 0) left = random.shuffle(targets);
    const target = left.pop() ?? { action: 'none' as const };
    return {
      ...target,
      number: index + 1,
      moment: random.pick(['started', 'ended'] as const),
      delayMs: random.below(target.action === 'down' ? 400 : 25),
      victim:
        target.action === 'none'
          ? random.pick(['supervisor', 'everything'] as const)
          : random.pick(['cli', 'cli', 'both'] as const),
      before: random.pick(['removed', 'stopped'] as const),
    };
  });
}

export function describeKillRound({ number, action, step, moment, delayMs, victim, before }: KillRound): string {
  const place = step === undefined ? `${delayMs} ms after its start` : `${delayMs} ms after ${step} ${moment}`;
  if (action === 'none') return `round ${number}: kill -9 of ${victim} while all runs`;
  return `round ${number}: kill -9 of ${victim} in ${action === 'up' ? `up (${before} before)` : action}, ${place}`;
}

/** A workspace with data in a named volume that goes through rounds of `up`, kill -9, `up`, `down`. */
export class KillBench {
  readonly home = new ScenarioHome();
  private readonly folder = this.home.copyFixture('cache-and-tools');
  private readonly empty: Inventory = takeInventory(this.home);

  /** Steps of a first `up`, to hold `killedSteps` to. */
  async listSteps(): Promise<string[]> {
    const { stdout } = await this.devstead('up', '--dry-run', '--output', 'json');
    return (JSON.parse(stdout) as { steps: { id: string }[] }).steps.map(({ id }) => id);
  }

  async run(round: KillRound): Promise<void> {
    const atRest = takeInventory(this.home);
    await this.devstead('up');
    await this.writeData(round.number);
    if (round.action === 'up') await this.devstead(round.before === 'removed' ? 'down' : 'stop');
    await this.killAt(round);
    await this.devstead('up');
    await this.checkRunning(round.number);
    await this.devstead('down');
    expect(await findRemains(this.home, atRest, (line) => this.isKept(line))).toEqual([]);
  }

  /** Ends the rounds: with its volumes gone nothing at all is left. */
  async finish(): Promise<void> {
    await this.devstead('down', '--volumes');
    expect(await findRemains(this.home, this.empty)).toEqual([]);
  }

  async remove(): Promise<void> {
    await this.home.remove();
  }

  private async devstead(...args: readonly string[]): Promise<{ stdout: string }> {
    return this.home.runWell(args, { cwd: this.folder });
  }

  private async writeData(number: number): Promise<void> {
    // SAVE returns when the data is on disk: what a database was not asked to keep may be lost with it.
    const line = `redis-cli SET round:${number} kept && redis-cli SAVE && echo ${number} >> /data/rounds && sync /data/rounds`;
    await this.devstead('exec', 'redis', 'sh', '-c', line);
  }

  private async checkRunning(number: number): Promise<void> {
    const line = `seq 1 ${number} | xargs -I@ redis-cli GET round:@ | grep -c kept; tail -n 1 /data/rounds; grep -c tap0 /proc/net/route; ls /data/.. > /dev/null && echo well`;
    const { stdout } = await this.devstead('exec', 'redis', 'sh', '-c', line);
    expect(stdout.split('\n').slice(0, 2)).toEqual([String(number), String(number)]);
    expect(Number(stdout.split('\n')[2]), 'routes to outside').toBeGreaterThan(0);
    const lines = [...takeInventory(this.home)].filter((entry) => entry.startsWith('process '));
    expect(
      lines.filter((entry) => entry.includes('supervisor/main.ts')),
      'supervisors',
    ).toHaveLength(1);
    expect(
      lines.filter((entry) => entry.includes(': slirp4netns')),
      'networks',
    ).toHaveLength(1);
    expect(
      lines.filter((entry) => entry.includes(': redis-server')),
      'servers on one volume',
    ).toHaveLength(1);
    expect(
      lines.filter((entry) => entry.includes(': conmon')),
      'containers',
    ).toHaveLength(2);
  }

  /** Volumes and the record that says whose they are stay through a `down`. */
  private isKept(line: string): boolean {
    return /^file state\/workspaces\/[^/]+\/(volumes\/|workspace\.json$)/.test(line);
  }

  private async killAt(round: KillRound): Promise<void> {
    if (round.action === 'none') {
      await delay(round.delayMs);
      this.kill(round.victim, undefined);
      return;
    }
    const { events } = this.paths();
    if (events !== undefined) rmSync(events, { force: true });
    const running = this.home.start([round.action], { cwd: this.folder });
    if (round.step !== undefined) await this.waitForStep(running, round.step, round.moment);
    await delay(round.delayMs);
    this.kill(round.victim, running);
    await running.finished;
  }

  private async waitForStep(running: RunningDevstead, step: string, moment: KillRound['moment']): Promise<void> {
    const mark = `"type":"step.${moment}"`;
    let isOver = false;
    void running.finished.finally(() => {
      isOver = true;
    });
    for (;;) {
      const { events } = this.paths();
      const text = events !== undefined && existsSync(events) ? readFileSync(events, 'utf8') : '';
      if (text.split('\n').some((line) => line.includes(mark) && line.includes(`"stepId":"${step}"`))) return;
      if (isOver) throw new Error(`${step} never ${moment}:\n${running.output}\n${text}`);
      await delay(1);
    }
  }

  private kill(victim: Victim, running: RunningDevstead | undefined): void {
    if (victim === 'cli' || victim === 'both') running?.child.kill('SIGKILL');
    if (victim === 'supervisor' || victim === 'both') this.killProcesses((line) => line.includes('supervisor/main.ts'));
    if (victim === 'everything') this.killProcesses(() => true);
  }

  private killProcesses(isMeant: (line: string) => boolean): void {
    for (const line of takeInventory(this.home)) {
      const pid = /^process (\d+) /.exec(line)?.[1];
      if (pid === undefined || !isMeant(line)) continue;
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It ended with another one.
      }
    }
  }

  private paths(): { events?: string } {
    const workspaces = join(this.home.state, 'workspaces');
    const [id] = existsSync(workspaces) ? readdirSync(workspaces) : [];
    return id === undefined ? {} : { events: join(workspaces, id, 'events.jsonl') };
  }
}
