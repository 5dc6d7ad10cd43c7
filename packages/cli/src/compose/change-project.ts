import { AppError } from '@devstead/kit';
import { carryOut, type Plan, renderPlan, withGrace } from '@devstead/runtime';
import { InvalidArgumentError } from 'commander';
import type { Io } from '../io.ts';
import { printSteps } from '../print-steps.ts';
import { withWorkspaceLock } from '../select-workspaces.ts';
import type { OpenedProject } from './open-project.ts';

/** How a verb that ends or changes containers is carried out. */
export interface ChangeOptions {
  /** What others are told who wait, for example `compose kill`. */
  readonly action: string;
  /** Only the plan is printed. */
  readonly isDry?: boolean;
  /** So long for each container to end by itself, in place of its own time. */
  readonly graceMs?: number;
  /** What it throws where there is nothing to do. */
  readonly ifNothing?: AppError;
  /** Ctrl-C cuts it off. Default: what was begun is finished. */
  readonly isCutOff?: boolean;
}

/** Makes a plan while nobody else works on the project, and carries it out. Throws WORKSPACE_LOCKED, and what steps throw. */
export async function changeProject(
  io: Io,
  { workspace, runtime }: Pick<OpenedProject, 'workspace' | 'runtime'>,
  { action, isDry = false, graceMs, ifNothing, isCutOff = false }: ChangeOptions,
  makePlan: () => Promise<Plan>,
): Promise<Plan> {
  const make = async (): Promise<Plan> => {
    const plan = await makePlan();
    if (plan.steps.length === 0 && ifNothing !== undefined) throw ifNothing;
    return graceMs === undefined ? plan : withGrace(plan, graceMs);
  };
  if (isDry) {
    const plan = await make();
    io.stdout.write(renderPlan(plan));
    return plan;
  }
  return withWorkspaceLock(io, workspace, action, async () => {
    const plan = await make();
    const signal = isCutOff ? io.signal : new AbortController().signal;
    await carryOut(workspace, runtime, plan, { clock: io.clock, signal, onEvent: printSteps(io) });
    return plan;
  });
}

/** Seconds as docker compose takes them for `--timeout`, as milliseconds. */
export function parseGrace(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Write a number of seconds.');
  return Number(text) * 1000;
}

export const graceFlags = '-t, --timeout <seconds>';
export const graceText = 'so long for each container to end by itself; default: its own stop_grace_period';
