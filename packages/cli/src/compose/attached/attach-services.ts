import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '@devstead/environment';
import { listContainerNames } from '@devstead/environment/replicas';
import {
  isToRestart,
  type LogLine,
  type LogQuery,
  type Observed,
  type Runtime,
  type Workspace,
} from '@devstead/runtime';
import type { Io } from '../../io.ts';
import { followAll } from '../../logs/follow-all.ts';
import { makeLineRenderer } from '../../logs/render-line.ts';
import { nameContainer } from '../verbs/showing/name-container.ts';

/** What of a project that was started is shown, and what ends that. */
export interface Attachment {
  /** Containers whose lines are shown. */
  readonly shown: readonly string[];
  /** Only lines since then: milliseconds since 1970. */
  readonly sinceMs: number;
  /** Containers that were started: it ends when all of them have ended. */
  readonly started: readonly string[];
  /** It ends as soon as one of them has ended: `exit` however, `failure` with another code than 0. */
  readonly endsAt?: 'exit' | 'failure';
  /** It goes on when all have ended: they may be started again. */
  readonly isOpen: boolean;
  readonly hasTimes: boolean;
  readonly isNamed: boolean;
  readonly hasColour: boolean;
}

/** A container that has ended. */
export interface Ended {
  readonly container: string;
  readonly exitCode: number;
}

const lookEveryMs = 200;

/**
 * Shows what containers print until they end as it is asked, or until the signal. Returns the one that ended it: with
 * `endsAt` the first, else none.
 */
export async function attachToServices(
  io: Io,
  workspace: Workspace,
  runtime: Runtime,
  environment: Environment,
  attachment: Attachment,
): Promise<Ended | undefined> {
  const { shown, sinceMs, started, endsAt, isOpen, hasTimes, isNamed, hasColour } = attachment;
  const known = environment.containers.flatMap(listContainerNames);
  const render = makeLineRenderer({ hasColour, hasTimes, known, shown, isNamed });
  const last = new Map<string, LogLine>();
  const show = (line: LogLine): void => {
    last.set(line.container, line);
    io.stdout.write(render(line));
  };
  const over = new AbortController();
  const signal = AbortSignal.any([io.signal, over.signal]);
  const told = new Set<string>();
  const following = followAll(workspace, runtime, { sinceMs, listContainers: () => shown }, show, signal);
  let found: Ended | undefined;
  try {
    while (!signal.aborted) {
      const ended = listEnded(await runtime.observe(), started);
      for (const one of ended) {
        if (told.has(one.container) || !shown.includes(one.container)) continue;
        told.add(one.container);
        io.stderr.write(`  ${nameContainer(environment.name, one.container)} exited with code ${one.exitCode}\n`);
      }
      for (const name of told) if (!ended.some(({ container }) => container === name)) told.delete(name);
      found = ended.find(({ exitCode }) => endsAt === 'exit' || (endsAt === 'failure' && exitCode !== 0));
      if (found !== undefined || (!isOpen && ended.length === started.length)) break;
      await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    over.abort();
    await following;
  }
  await showRest(runtime, { containers: shown, sinceMs }, last, show);
  return found;
}

/** Those that have ended and are not about to be started again. */
export function listEnded({ containers, isSandboxRunning }: Observed, names: readonly string[]): Ended[] {
  return names.flatMap((container) => {
    const { state = 'stopped', exitCode = 0, spec, restarts = 0 } = containers[container] ?? {};
    // Its program is gone, but not yet known is with which code.
    if (state === 'running' || (state === 'stopped' && isSandboxRunning)) return [];
    const isBack = state === 'exited' && spec !== undefined && isToRestart(spec.restart, exitCode, restarts);
    return isBack ? [] : [{ container, exitCode }];
  });
}

/** What was printed at the very end, after following had ended. */
async function showRest(
  runtime: Runtime,
  query: LogQuery,
  last: ReadonlyMap<string, LogLine>,
  show: (line: LogLine) => void,
): Promise<void> {
  const seen = new Map([...last].map(([container, { at }]) => [container, at]));
  const lines = await runtime.readLogs(query);
  for (const line of lines) if (line.at > (seen.get(line.container) ?? '')) show(line);
}
