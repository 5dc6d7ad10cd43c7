import { join } from 'node:path';
import type { PlanEvent } from '../execute/execute-plan.ts';
import type { Plan, StepKind } from '../plan/types.ts';
import { readJsonFile, writeJsonFile } from '../state/json-file.ts';
import { tolerate } from '../state/tolerate.ts';
import type { Workspace } from '../workspace/workspace-record.ts';

/** One start of a workspace, as it went. Times are milliseconds since 1970, durations milliseconds. */
export interface StartRecord {
  readonly at: number;
  readonly durationMs: number;
  readonly isDone: boolean;
  readonly steps: readonly StepRecord[];
}

export interface StepRecord {
  readonly id: string;
  readonly kind: StepKind;
  /** Steps it waited for. */
  readonly after: readonly string[];
  /** Since the start began. */
  readonly beganMs: number;
  readonly durationMs: number;
  /** Code of the error it ended with. */
  readonly failure?: string;
}

/** `timeline.json` in a workspace's folder. */
interface StartHistory {
  readonly format: 1;
  /** Oldest first. */
  readonly starts: readonly StartRecord[];
}

/** How many starts are kept. */
export const keptStarts = 20;
/** A start with more steps keeps those that took longest. */
const keptSteps = 200;

function historyFile(workspace: Workspace): string {
  return join(workspace.paths.root, 'timeline.json');
}

/** The last starts of a workspace, oldest first. A file that cannot be understood counts as none. */
export function readStarts(workspace: Workspace): readonly StartRecord[] {
  const history = tolerate(() => readJsonFile<StartHistory>(historyFile(workspace)));
  return history?.format === 1 && Array.isArray(history.starts) ? history.starts : [];
}

/** Gathers a start from the events of its plan, and keeps it once it is over. Undefined for a plan that starts nothing. */
export function recordStart(workspace: Workspace, plan: Plan): ((event: PlanEvent) => void) | undefined {
  if (!plan.steps.some(({ kind }) => kind === 'container.start' || kind === 'container.ready')) return undefined;
  const after = new Map(plan.steps.map((step) => [step.id, step.after]));
  const steps: StepRecord[] = [];
  let at = 0;
  return (event) => {
    if (event.type === 'plan.started') at = event.at;
    if (event.type === 'step.ended') {
      const { stepId: id, kind, durationMs, error } = event;
      const beganMs = Math.max(0, event.at - durationMs - at);
      const failure = error === undefined ? {} : { failure: error.code };
      steps.push({ id, kind, after: after.get(id) ?? [], beganMs, durationMs, ...failure });
    }
    if (event.type === 'plan.ended') {
      keepStart(workspace, { at, durationMs: event.durationMs, isDone: event.isDone, steps: chooseSteps(steps) });
    }
  };
}

function chooseSteps(steps: readonly StepRecord[]): readonly StepRecord[] {
  if (steps.length <= keptSteps) return steps;
  const longest = new Set([...steps].sort((a, b) => b.durationMs - a.durationMs).slice(0, keptSteps));
  return steps.filter((step) => longest.has(step));
}

function keepStart(workspace: Workspace, start: StartRecord): void {
  const history: StartHistory = { format: 1, starts: [...readStarts(workspace), start].slice(-keptStarts) };
  try {
    writeJsonFile(historyFile(workspace), history);
  } catch {
    // A start is worth more than the memory of it.
  }
}
