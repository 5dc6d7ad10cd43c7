import { setTimeout as delay } from 'node:timers/promises';
import type { StepReport } from '../../execute/execute-plan.ts';
import { endsAtOnce, endsByDesign, keepAlive } from '../../plan/keep-alive.ts';
import { countFailures, isToRestart, restartDelayMs } from '../../running/restart-policy.ts';
import { readJsonFile, writeJsonFile } from '../../state/json-file.ts';
import { readMadeContainer } from '../../state/made-container.ts';
import { type RestartRecord } from '../../state/restart-record.ts';
import { tolerate } from '../../state/tolerate.ts';
import type { ContainerContext } from '../container-context.ts';
import { beganAt, hasRun, inspectContainer, listContainers } from '../engine-containers.ts';
import { isMarkedHeld } from '../hold/gate.ts';
import { containerName } from '../labels.ts';
import { noteInLog } from '../logs.ts';
import { startContainer } from '../start-container.ts';
import { waitForEnd } from '../wait-for-end.ts';
import { readContainersState } from '../workspace-state.ts';
import { watchHealth } from './watch-health.ts';

export interface Guards {
  /** Looks for containers that came later. */
  readonly refresh: () => void;
  /** Starts nothing any more, and ends when no start is under way. */
  readonly stop: () => Promise<void>;
}

const silent: StepReport = { output: () => undefined, note: () => undefined };

/**
 * Starts containers again that end by themselves, after a pause that grows, and asks for the health of those that have a
 * check. The engine's own restarts would know neither that a container is being stopped nor that its end is in order.
 */
export function guardContainers(context: ContainerContext, log: (line: string) => void, signal: AbortSignal): Guards {
  const guarded = new Map<string, Promise<void>>();
  const refresh = (): void => {
    listContainers(context)
      .then((found) => {
        for (const name of found.keys()) {
          if (name === '' || guarded.has(name) || signal.aborted) continue;
          const work = [guard(context, name, log, signal), watchHealth(context, name, log, signal)];
          guarded.set(
            name,
            Promise.all(work)
              .catch((error: unknown) => log(`${name}: ${String(error)}`))
              .then(() => void guarded.delete(name)),
          );
        }
      })
      .catch((error: unknown) => log(String(error)));
  };
  refresh();
  return { refresh, stop: async () => void (await Promise.allSettled(guarded.values())) };
}

async function guard(
  context: ContainerContext,
  name: string,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const at = context.paths.container(name);
  let failures = 0;
  while (!signal.aborted) {
    const code = await waitForEnd(context, name, signal).catch(() => undefined);
    if (signal.aborted || code === undefined) return;
    const made = tolerate(() => readMadeContainer(at));
    if (
      made === undefined ||
      isMarkedHeld(at.hold) ||
      made.isEnding === true ||
      made.spec.applied === 'finish' ||
      made.spec.oneOff !== undefined
    )
      return;
    const found = await inspectContainer(context, containerName(context, name));
    if (found === undefined || found.State.Running) return;
    // One that ended in an earlier run of the workspace stays as it is.
    if (!hasRun(found) || made.run !== tolerate(() => readContainersState(context.paths))?.run) return;
    const ranForMs = Date.parse(found.State.FinishedAt) - beganAt(found, made);
    const start = { specHash: made.specHash, isNewLayer: false };
    if (endsByDesign(made.spec, code, ranForMs)) {
      log(`${name}: the image's command ends at once; the container is kept alive`);
      await startContainer(
        context,
        { ...start, spec: keepAlive(made.spec, endsAtOnce), isNewLayer: true },
        silent,
        signal,
      );
      continue;
    }
    failures = countFailures(failures, ranForMs);
    if (!isToRestart(made.spec.restart, code, failures - 1)) return;
    const pauseMs = restartDelayMs(failures);
    const text = `ended with code ${code}; started again in ${pauseMs / 1000} s`;
    log(`${name} ${text}`);
    noteInLog(context, name, `${name} ${text}`);
    const count = (tolerate(() => readJsonFile<RestartRecord>(at.restarts))?.count ?? 0) + 1;
    writeJsonFile(at.restarts, {
      count,
      inARow: failures,
      lastAt: new Date().toISOString(),
      lastExitCode: code,
    } satisfies RestartRecord);
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    // Somebody else may have seen to it during the pause.
    const now = tolerate(() => readMadeContainer(at));
    if (signal.aborted || now?.isEnding === true) return;
    if (now?.startedAt !== made.startedAt) continue;
    await startContainer(context, { ...start, spec: made.spec }, silent, signal).catch((error: unknown) =>
      log(`${name}: ${String(error)}`),
    );
  }
}
