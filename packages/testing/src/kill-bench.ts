import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GitServer, git } from './git-server.ts';
import type { KillRound, Victim } from './kill-rounds.ts';
import { findRemains, type Inventory, takeInventory } from './machine-inventory.ts';
import type { RunningDevstead } from './run-devstead.ts';
import { ScenarioHome } from './scenario-home.ts';

/** What is there after a round's second `up`, and what its `down` leaves. */
export interface KillOutcome {
  /** Keys of this and all earlier rounds that the database still has. */
  readonly keys: number;
  /** The last line of a file in the volume. */
  readonly lastRound: number;
  /** The containers reach other networks. */
  readonly hasRoute: boolean;
  /** A container with a network of its own is reached by its name. */
  readonly reaches: boolean;
  /** Numbers of processes. */
  readonly supervisors: number;
  readonly networks: number;
  readonly servers: number;
  readonly containers: number;
  /** The project is there with all its files, as it was committed. */
  readonly hasSources: boolean;
  readonly remains: readonly string[];
}

/** Files of the project: enough that fetching them takes a moment. */
const sourceFiles = Object.fromEntries(
  Array.from({ length: 300 }, (_, number) => [`src/${number}.py`, `${number}\n`.repeat(400)]),
);

/**
 * A workspace with data in a named volume, a container with a network of its own, and with a project fetched over https, that goes through rounds of `up`,
 * kill -9, `up`, `down`.
 */
export class KillBench {
  readonly home: ScenarioHome;
  private readonly server: GitServer;
  private readonly folder: string;
  private readonly empty: Inventory;

  private constructor(home: ScenarioHome, server: GitServer) {
    this.home = home;
    this.server = server;
    this.folder = home.copyFixture('cache-and-tools');
    const address = server.repository('shop');
    const devfile = join(this.folder, 'devfile.yaml');
    const apart = '  - name: apart\n    container: {image: docker.io/library/redis:7, dedicatedPod: true}\n';
    writeFileSync(devfile, readFileSync(devfile, 'utf8').replace('components:\n', `components:\n${apart}`));
    appendFileSync(devfile, `projects:\n  - name: shop\n    git:\n      remotes:\n        origin: ${address}\n`);
    this.empty = takeInventory(home);
  }

  static async start(): Promise<KillBench> {
    const home = new ScenarioHome();
    const server = await GitServer.start(join(home.root, 'served'));
    server.addRepository('shop', { ...sourceFiles, '.gitignore': '*.txt\n' });
    return new KillBench(home, server);
  }

  /** Steps of a first `up`, to hold `killedSteps` to. */
  async listSteps(): Promise<string[]> {
    const { stdout } = await this.devstead('up', '--dry-run', '--output', 'json');
    return (JSON.parse(stdout) as { steps: { id: string }[] }).steps.map(({ id }) => id);
  }

  /** Carries out one round and tells how it went; throws when a command that must end well does not. */
  async run(round: KillRound): Promise<KillOutcome> {
    const atRest = takeInventory(this.home);
    await this.devstead('up');
    await this.writeData(round.number);
    if (round.action === 'up') await this.devstead(round.before === 'removed' ? 'down' : 'stop');
    if (round.step?.startsWith('project.clone') === true) this.removeSources();
    await this.killAt(round);
    await this.devstead('up');
    const after = await this.look(round.number);
    await this.devstead('down');
    return { ...after, remains: await findRemains(this.home, atRest, (line) => this.isKept(line)) };
  }

  /** Ends the rounds: what is left with the volumes gone as well. */
  async finish(): Promise<readonly string[]> {
    await this.devstead('down', '--volumes');
    return findRemains(this.home, this.empty);
  }

  async remove(): Promise<void> {
    await this.home.remove();
    await this.server.stop();
  }

  /** The folder that containers see as the sources' root; undefined before the first `up`. */
  private sources(): string | undefined {
    const { root } = this.paths();
    return root === undefined ? undefined : join(root, 'projects');
  }

  private removeSources(): void {
    const sources = this.sources();
    if (sources !== undefined) rmSync(sources, { recursive: true, force: true });
  }

  private hasSources(): boolean {
    const shop = join(this.sources() ?? '', 'shop');
    const isWhole = existsSync(shop) && git(shop, 'status', '--porcelain') === '';
    return isWhole && readdirSync(join(shop, 'src')).length === Object.keys(sourceFiles).length;
  }

  private async devstead(...args: readonly string[]): Promise<{ stdout: string }> {
    return this.home.runWell(args, this.call());
  }

  private call(): { cwd: string; env: Record<string, string> } {
    return { cwd: this.folder, env: { GIT_SSL_CAINFO: this.server.certificate } };
  }

  private async writeData(number: number): Promise<void> {
    // SAVE returns when the data is on disk: what a database was not asked to keep may be lost with it.
    const line = `redis-cli SET round:${number} kept && redis-cli SAVE && echo ${number} >> /data/rounds && sync /data/rounds`;
    await this.devstead('exec', 'redis', 'sh', '-c', line);
  }

  private async look(number: number): Promise<Omit<KillOutcome, 'remains'>> {
    const questions = [
      `seq 1 ${number} | xargs -I@ redis-cli GET round:@ | grep -c kept`,
      'tail -n 1 /data/rounds',
      'grep -q tap0 /proc/net/route && echo route',
      'redis-cli -h apart PING',
    ];
    const { stdout } = await this.devstead('exec', 'redis', 'sh', '-c', questions.join('; '));
    const [keys, lastRound, route, answer] = stdout.split('\n');
    const lines = [...takeInventory(this.home)].filter((entry) => entry.startsWith('process '));
    const count = (words: string): number => lines.filter((entry) => entry.includes(words)).length;
    return {
      keys: Number(keys),
      lastRound: Number(lastRound),
      hasRoute: route === 'route',
      reaches: answer === 'PONG',
      supervisors: count('supervisor/main.mjs'),
      networks: count(': slirp4netns'),
      servers: count(': redis-server'),
      containers: count(': conmon'),
      hasSources: this.hasSources(),
    };
  }

  /** Volumes, fetched projects and the record that says whose they are stay through a `down`. */
  private isKept(line: string): boolean {
    return /^file state\/workspaces\/[^/]+\/(volumes\/|projects\/|workspace\.json$)/.test(line);
  }

  private async killAt(round: KillRound): Promise<void> {
    if (round.action === 'none') {
      await delay(round.delayMs);
      this.kill(round.victim, undefined);
      return;
    }
    const { events } = this.paths();
    if (events !== undefined) rmSync(events, { force: true });
    const running = this.home.start([round.action], this.call());
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
    if (victim === 'supervisor' || victim === 'both')
      this.killProcesses((line) => line.includes('supervisor/main.mjs'));
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

  private paths(): { events?: string; root?: string } {
    const workspaces = join(this.home.state, 'workspaces');
    const [id] = existsSync(workspaces) ? readdirSync(workspaces) : [];
    const root = id === undefined ? undefined : join(workspaces, id);
    return root === undefined ? {} : { root, events: join(root, 'events.jsonl') };
  }
}
