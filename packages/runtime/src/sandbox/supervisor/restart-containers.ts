import { appendFileSync, existsSync, watch } from 'node:fs';
import { AppError } from '@devstead/kit';
import type { ContainerSpec } from '../../plan/container-spec.ts';
import { endsAtOnce, endsByDesign, keepAlive } from '../../plan/keep-alive.ts';
import { isAlive } from '../../process/process-table.ts';
import { countFailures, isToRestart, restartDelayMs } from '../../running/restart-policy.ts';
import { readImage } from '../../state/image-records.ts';
import { writeJsonFile } from '../../state/json-file.ts';
import { listFolder } from '../../state/list-folder.ts';
import { groupReadable, type MadeContainer, readMadeContainer } from '../../state/made-container.ts';
import { readEnd } from '../../state/read-end.ts';
import { type RestartRecord, readRestarts, writeRestarts } from '../../state/restart-record.ts';
import { tolerate } from '../../state/tolerate.ts';
import type { Holder } from '../holder.ts';
import { readExitCode } from '../observe.ts';
import type { SandboxContext } from '../sandbox-context.ts';
import { startContainer } from '../start-container.ts';

export interface Restarts {
  /** Looks for containers that came later. */
  readonly refresh: () => void;
  /** Starts nothing any more, and ends when no start is under way. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts containers again that end by themselves, after a pause that grows. The reason stands in the container's own
 * log and in its restart record. Those that a command applies and that run to their end are left as they end, and so are those whose policy says so and those that were asked to.
 */
export function restartContainers(context: SandboxContext, holder: Holder, log: (line: string) => void): Restarts {
  const guards = new Map<string, RestartGuard>();
  const refresh = (): void => {
    for (const name of listFolder(context.paths.containers)) {
      const { made } = context.paths.container(name);
      if (guards.has(name) || !existsSync(made)) continue;
      // What is there for one command ends with it, and is removed while others go on.
      const spec: ContainerSpec | undefined = tolerate(() => readMadeContainer(context.paths.container(name)))?.spec;
      if (spec?.oneOff !== undefined) continue;
      guards.set(name, new RestartGuard(context, holder, name, log));
    }
  };
  refresh();
  return {
    refresh,
    stop: async () => {
      await Promise.all([...guards.values()].map((guard) => guard.stop()));
    },
  };
}

/** True when a supervisor was killed while it started a container again. */
function isCutOff({ isRestarting, isEnding, init }: MadeContainer): boolean {
  return isRestarting === true && isEnding !== true && !(init !== undefined && isAlive(init));
}

class RestartGuard {
  private readonly context: SandboxContext;
  private readonly holder: Holder;
  private readonly name: string;
  private readonly log: (line: string) => void;
  private readonly watcher: ReturnType<typeof watch>;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private work: Promise<void> = Promise.resolve();
  private isStarting = false;
  private isStopped = false;

  constructor(context: SandboxContext, holder: Holder, name: string, log: (line: string) => void) {
    this.context = context;
    this.holder = holder;
    this.name = name;
    this.log = log;
    // Another supervisor may have counted before.
    this.failures = readRestarts(context.paths.container(name))?.inARow ?? 0;
    this.watcher = watch(context.paths.container(name).run, () => this.look());
    const made = readMadeContainer(context.paths.container(name));
    if (made !== undefined && isCutOff(made)) this.work = this.start(made.spec);
    else this.look();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.watcher.close();
    clearTimeout(this.timer);
    await this.work;
  }

  private look(): void {
    const paths = this.context.paths.container(this.name);
    // A start that is under way looks when it is over: until then the record is of the run before.
    if (this.isStopped || this.isStarting || this.timer !== undefined || !existsSync(paths.exitFile)) return;
    const code = readExitCode(paths);
    const made = readMadeContainer(paths);
    if (code === undefined || made === undefined || made.isEnding === true || made.spec.applied === 'finish') return;
    // Left by an earlier run that was ended from outside.
    if (made.init !== undefined && isAlive(made.init)) return;
    const ranForMs = Date.now() - (made.startedAt ?? 0);
    if (endsByDesign(made.spec, code, ranForMs)) {
      this.log(`${this.name}: the image's command ends at once; the container is kept alive`);
      this.work = this.start(keepAlive(made.spec, endsAtOnce));
      return;
    }
    const before = readRestarts(paths);
    // A supervisor that was killed during the pause has counted this end.
    const isCounted = Date.parse(before?.lastAt ?? '') > (made.startedAt ?? 0);
    const failures = isCounted ? this.failures : countFailures(this.failures, ranForMs);
    if (!isToRestart(made.spec.restart, code, failures - 1)) return;
    this.failures = failures;
    const record =
      before !== undefined && isCounted
        ? before
        : {
            count: (before?.count ?? 0) + 1,
            inARow: failures,
            lastAt: new Date().toISOString(),
            lastExitCode: code,
          };
    writeRestarts(paths, record);
    this.report(record);
    this.timer = setTimeout(() => {
      this.work = this.restart();
    }, restartDelayMs(failures));
  }

  /** Says in the container's log that it ended, once: a supervisor that was killed may have said so. */
  private report({ inARow, lastAt, lastExitCode }: RestartRecord): void {
    const { log } = this.context.paths.container(this.name);
    const text = `${this.name} ended with code ${lastExitCode}; started again in ${restartDelayMs(inARow) / 1000} s`;
    const line = `${lastAt} stderr F devstead: ${text}\n`;
    if (existsSync(log) && readEnd(log, line.length).toString() === line) return;
    this.log(text);
    appendFileSync(log, line);
  }

  private async restart(): Promise<void> {
    this.timer = undefined;
    const made = readMadeContainer(this.context.paths.container(this.name));
    // Somebody else may have seen to it during the pause.
    if (made === undefined || made.isEnding === true || (made.init !== undefined && isAlive(made.init))) return;
    await this.start(made.spec);
  }

  private async start(spec: ContainerSpec): Promise<void> {
    const paths = this.context.paths.container(this.name);
    const made = readMadeContainer(paths);
    if (this.isStopped || made === undefined) return;
    this.isStarting = true;
    try {
      // What tells of its end is removed by the start, which may be cut off.
      writeJsonFile(paths.made, { ...made, isRestarting: true } satisfies MadeContainer, groupReadable);
      await startContainer(this.context, this.holder, {
        spec,
        specHash: made.specHash,
        image: readImage(this.context.settings.stateFolder, spec.imageName),
        isNewLayer: false,
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.log(`${this.name}: ${error.message}`);
      this.failures += 1;
      this.timer = setTimeout(() => {
        this.work = this.restart();
      }, restartDelayMs(this.failures));
      return;
    } finally {
      this.isStarting = false;
      this.context.launcher.close();
    }
    this.look();
  }
}
