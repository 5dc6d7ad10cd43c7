import { AppError } from '@devstead/kit';
import { listDown, type Observed, type Runtime } from '@devstead/runtime';
import type { TreeChanges } from '@devstead/runtime/sync';
import { lookAt } from '../../look-at.ts';
import { namedPaths, type WatchEvent } from '../../watch/watch-event.ts';
import type { WatchedService } from './find-watched-services.ts';
import { runRuleCommand } from './run-rule-command.ts';
import { type RuleChange, WatchedRule } from './watched-rule.ts';

export interface ServiceWatchPlan {
  readonly runtime: Runtime;
  readonly services: readonly WatchedService[];
  /** Ends containers and starts them again, or for the first time since they ended. */
  readonly restart: (containers: readonly string[]) => Promise<void>;
  /**
   * Starts those of the containers that do not run with nothing of their own to run, until `restart`: files are brought into
   * what runs.
   */
  readonly hold: (containers: readonly string[]) => Promise<void>;
  /** Builds the images of services, and starts services whose image is another one then. Throws what keeps it from that. */
  readonly rebuild: (services: readonly string[]) => Promise<void>;
  /** Containers are being started until then; each is brought up to date as soon as it runs. */
  readonly started?: Promise<unknown>;
  /** Only says what would be done. */
  readonly isDry: boolean;
  readonly tell: (event: WatchEvent) => void;
}

const lookEveryMs = 500;
const lookWhileStartingMs = 100;

/** A change, with the rule it is about. */
interface News extends RuleChange {
  readonly one: WatchedRule;
}

type EndReason = Extract<WatchEvent, { event: 'ended' }>['reason'];

/**
 * Watches what services of a compose project are made of, and does what their rules say (Compose Develop Specification):
 * from the first look until the signal, or until the workspace is stopped.
 */
export class ServiceWatch {
  private readonly plan: ServiceWatchPlan;
  private readonly rules: readonly WatchedRule[];
  private readonly ending = new AbortController();
  private endReason: EndReason = 'interrupted';
  private wake: (() => void) | undefined;
  private hasNews = false;
  private isStarting: boolean;
  /** What each container was made from when its files were last known to be there. */
  private readonly known = new Map<string, string>();
  private readonly told = new Set<string>();

  constructor(plan: ServiceWatchPlan) {
    this.plan = plan;
    this.isStarting = plan.started !== undefined;
    this.rules = plan.services.flatMap((service) => service.rules.map((rule) => new WatchedRule(service, rule)));
  }

  /** Throws MACHINE_LACKS when the folders cannot be watched. */
  async run(signal: AbortSignal): Promise<void> {
    const onAbort = (): void => this.end('interrupted');
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) this.end('interrupted');
    const timer = setInterval(() => void this.lookAround(), lookEveryMs);
    const early = this.isStarting ? setInterval(() => void this.lookAround(), lookWhileStartingMs) : undefined;
    const onStarted = (): void => {
      clearInterval(early);
      this.isStarting = false;
      this.remind();
    };
    this.plan.started?.then(onStarted, onStarted);
    try {
      await this.begin();
      while (!this.ending.signal.aborted) await this.next();
    } catch (error) {
      if (!this.ending.signal.aborted) throw error;
    } finally {
      clearInterval(timer);
      clearInterval(early);
      signal.removeEventListener('abort', onAbort);
      for (const one of this.rules) one.close();
    }
    this.plan.tell({ event: 'ended', reason: this.endReason });
  }

  private end(reason: EndReason): void {
    if (this.ending.signal.aborted) return;
    this.endReason = reason;
    this.ending.abort();
    this.wake?.();
  }

  private async lookAround(): Promise<void> {
    if (this.plan.isDry) return;
    const observed = await lookAt(this.plan.runtime);
    if (observed === undefined) return;
    if (!observed.isSandboxRunning && !this.isStarting) this.end('workspace-stopped');
    else if (this.rules.some((one) => !one.isOpen) || this.findNew(observed).length > 0) this.remind();
  }

  private remind(): void {
    this.hasNews = true;
    this.wake?.();
  }

  private async begin(): Promise<void> {
    const startedAt = performance.now();
    const opened: WatchedRule[] = [];
    for (const one of this.rules) if (await this.open(one)) opened.push(one);
    this.plan.tell({
      event: 'watching',
      folders: [...new Set(this.rules.map(({ rule }) => rule.path))],
      folderCount: opened.reduce((sum, one) => sum + one.folderCount, 0),
      durationMs: Math.round(performance.now() - startedAt),
    });
    const observed = await this.plan.runtime.observe();
    for (const { containers } of this.plan.services)
      for (const name of containers)
        if (observed.containers[name]?.state === 'running') this.known.set(name, markOf(observed, name));
    await Promise.all(opened.map((one) => this.syncFirst(one)));
  }

  private open(one: WatchedRule): Promise<boolean> {
    const note = (text: string): void => this.plan.tell({ event: 'note', text });
    return one
      .open(() => this.remind(), note, this.ending.signal)
      .then((isOpen) => {
        if (!isOpen) this.tellOnce(`there is nothing at ${one.rule.path} yet; it is watched as soon as there is`);
        return isOpen;
      });
  }

  private async syncFirst(one: WatchedRule): Promise<void> {
    if (!one.syncs || !one.rule.initialSync) return;
    await this.sync(one, one.listAll(), { isInitial: true });
  }

  private async next(): Promise<void> {
    if (!this.hasNews) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = undefined;
    }
    this.hasNews = false;
    if (this.ending.signal.aborted) return;
    for (const one of this.rules) if (!one.isOpen && (await this.open(one))) await this.syncAll(one);
    await this.bringUpToDate();
    const news = this.rules.flatMap((one): News[] => {
      const change = one.take();
      return change === undefined ? [] : [{ ...change, one }];
    });
    if (news.length > 0) await this.answer(news);
  }

  /** What came to be at a path where nothing was is new, all of it. */
  private async syncAll(one: WatchedRule): Promise<void> {
    if (one.syncs) await this.sync(one, one.listAll(), { isInitial: true });
  }

  private async answer(news: readonly News[]): Promise<void> {
    await this.rebuild(withAction(news, 'rebuild'));
    const held = await this.hold(withAction(news, 'sync+restart'));
    let done: readonly News[] = withAction(news, 'restart');
    try {
      done = [...done, ...(await this.carryAll(withAction(news, 'sync', 'sync+restart', 'sync+exec')))];
    } finally {
      // Whatever became of their files, none is left standing still.
      await this.follow([...new Set([...done, ...held])]);
    }
  }

  /** What comes after the files: commands, and starts. */
  private async follow(done: readonly News[]): Promise<void> {
    const tellFailure = (error: unknown, { service }: WatchedRule): void => this.tellFailure(service.name, error);
    await Promise.all(
      withAction(done, 'sync+exec').map(({ one }) => this.exec(one).catch((error) => tellFailure(error, one))),
    );
    await this.restart(withAction(done, 'restart', 'sync+restart'));
  }

  /**
   * A program that has ended for what was in its files runs again only with others, which it cannot be given while it does
   * not run. Returns what is about containers that were down, which may stand still now.
   */
  private async hold(news: readonly News[]): Promise<readonly News[]> {
    if (this.plan.isDry || this.isStarting) return [];
    const names = news.flatMap(({ one }) => one.service.containers);
    const down = listDown(await this.plan.runtime.observe(), names);
    if (down.length === 0) return [];
    const affected = news.filter(({ one }) => one.service.containers.some((name) => down.includes(name)));
    try {
      await this.plan.hold(down);
    } catch (error) {
      this.tellFailure([...new Set(affected.map(({ one }) => one.service.name))].join(', '), error);
    }
    return affected;
  }

  private async carryAll(news: readonly News[]): Promise<News[]> {
    const carried = await Promise.all(news.map(async (change) => ({ change, isDone: await this.carry(change) })));
    return carried.flatMap(({ change, isDone }) => (isDone ? [change] : []));
  }

  /** False when no container has the change now: then it is owed. */
  private async carry({ one, ...change }: News): Promise<boolean> {
    const changes = await one.resolve(change, this.ending.signal);
    if (changes.written.length + changes.gone.length === 0) return false;
    const isDone = await this.sync(one, changes, { isInitial: false, firstAt: change.firstAt });
    if (isDone) return true;
    one.owe({ ...change, paths: [...changes.written, ...changes.gone] });
    // One that has ended meanwhile gets it when it runs again, another is tried once more.
    for (const container of one.service.containers) this.known.delete(container);
    return false;
  }

  private async sync(
    one: WatchedRule,
    changes: TreeChanges,
    { isInitial, firstAt }: { readonly isInitial: boolean; readonly firstAt?: number },
  ): Promise<boolean> {
    const { tell, isDry, runtime } = this.plan;
    const { name, containers } = one.service;
    const paths = [...changes.written, ...changes.gone];
    if (paths.length === 0) return false;
    const common = { service: name, count: paths.length, isInitial };
    const begin = (): void => tell({ event: 'sync.started', ...common, paths: paths.slice(0, namedPaths) });
    if (isDry) {
      begin();
      return true;
    }
    const startedAt = performance.now();
    const running = await this.listRunning(containers);
    if (running.length === 0) {
      if (!this.isStarting) tell({ event: 'note', text: `${name} does not run: it gets what changed when it does` });
      for (const container of containers) this.known.delete(container);
      return false;
    }
    begin();
    const options = { keepsTimes: isInitial, signal: this.ending.signal };
    const ends = await Promise.allSettled(running.map((container) => one.sync(runtime, container, changes, options)));
    this.ending.signal.throwIfAborted();
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    // One that begins at this moment may not be there yet: it is tried again.
    if (!this.isStarting) for (const failure of failures) this.tellFailure(name, failure);
    if (failures.length > 0) return false;
    const sinceChangeMs = firstAt === undefined ? {} : { sinceChangeMs: Date.now() - firstAt };
    tell({ event: 'sync.ended', ...common, durationMs: Math.round(performance.now() - startedAt), ...sinceChangeMs });
    return true;
  }

  private async exec({ rule, service: { name, containers } }: WatchedRule): Promise<void> {
    const { tell, isDry, runtime } = this.plan;
    const { exec } = rule;
    if (exec === undefined || exec.command.length === 0 || isDry) return;
    await Promise.all(
      (await this.listRunning(containers)).map(async (container) => {
        const startedAt = performance.now();
        const exitCode = await runRuleCommand(runtime, container, exec, this.ending.signal);
        const durationMs = Math.round(performance.now() - startedAt);
        tell({ event: 'exec.ended', service: name, command: [...exec.command], exitCode, durationMs });
      }),
    );
  }

  private async restart(news: readonly News[]): Promise<void> {
    const services = new Map(news.map((change) => [change.one.service, change.firstAt]));
    if (services.size === 0) return;
    const { tell, isDry, restart } = this.plan;
    const names = [...services.keys()];
    await this.plan.started?.catch(() => undefined);
    try {
      if (!isDry) await restart(names.flatMap(({ containers }) => containers));
      const sinceChangeMs = Date.now() - Math.min(...services.values());
      tell({ event: 'services.restarted', services: names.map(({ name }) => name), sinceChangeMs });
    } catch (error) {
      this.tellFailure(names.map(({ name }) => name).join(', '), error);
    }
  }

  private async rebuild(news: readonly News[]): Promise<void> {
    const services = [...new Set(news.map(({ one }) => one.service.name))];
    if (services.length === 0) return;
    const { tell, isDry, rebuild } = this.plan;
    const startedAt = performance.now();
    tell({ event: 'rebuild.started', services });
    if (isDry) return;
    await this.plan.started?.catch(() => undefined);
    try {
      await rebuild(services);
      tell({ event: 'rebuild.ended', services, durationMs: Math.round(performance.now() - startedAt) });
      // Their new image has what was synced since.
      const observed = await this.plan.runtime.observe();
      for (const { name, containers } of this.plan.services) {
        if (!services.includes(name)) continue;
        for (const container of containers) this.known.set(container, markOf(observed, container));
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      tell({ event: 'rebuild.failed', services, message: describeFailure(error) });
    }
  }

  /** Containers that were made anew have lost what was synced: they get it again, and others what they still lack. */
  private async bringUpToDate(): Promise<void> {
    if (this.plan.isDry) return;
    const observed = await this.plan.runtime.observe();
    const late: News[] = [];
    for (const { service, name } of this.findNew(observed)) {
      this.known.set(name, markOf(observed, name));
      for (const one of this.rules.filter((rule) => rule.service === service && rule.syncs)) {
        const changes = one.listOwed();
        if (changes.written.length + changes.gone.length === 0) continue;
        const owed = one.takeOwed();
        const isDone = await this.sync(one, changes, { isInitial: true });
        if (isDone && owed !== undefined) late.push({ ...owed, one });
        if (!isDone && owed !== undefined) one.owe(owed);
        if (!isDone && this.isStarting) this.known.delete(name);
      }
    }
    // What began before its files came has not seen them.
    await this.follow(late);
  }

  private findNew(observed: Observed): { readonly service: WatchedService; readonly name: string }[] {
    return this.plan.services.flatMap((service) =>
      service.containers
        .filter(
          (name) => observed.containers[name]?.state === 'running' && this.known.get(name) !== markOf(observed, name),
        )
        .map((name) => ({ service, name })),
    );
  }

  private async listRunning(names: readonly string[]): Promise<string[]> {
    const { containers } = await this.plan.runtime.observe();
    return names.filter((name) => containers[name]?.state === 'running');
  }

  private tellOnce(text: string): void {
    if (this.told.has(text)) return;
    this.told.add(text);
    this.plan.tell({ event: 'note', text });
  }

  private tellFailure(service: string, error: unknown): void {
    if (!(error instanceof AppError)) throw error;
    this.plan.tell({ event: 'note', text: `${service}: ${describeFailure(error)}` });
  }
}

function withAction(news: readonly News[], ...actions: readonly string[]): readonly News[] {
  return news.filter(({ one }) => actions.includes(one.rule.action));
}

function describeFailure({ message, details }: AppError): string {
  const last = details.at(-1);
  return last === undefined ? message : `${message}: ${last}`;
}

/** What tells a container from the one that was there before under its name, with other files. */
function markOf({ containers }: Observed, name: string): string {
  return String(containers[name]?.layerSince);
}
