import type { ApplyCommand, Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import type { Plan, PlanEvent, Runtime } from '@devstead/runtime';
import type { Workspace } from '@devstead/runtime/workspace';
import { harmlessText } from './harmless-text.ts';
import type { Io } from './io.ts';
import { followAll } from './logs/follow-all.ts';
import { readSettings } from './settings.ts';
import { listAddresses } from './workspace-view.ts';

export interface ApplyPlace {
  readonly workspace: Workspace;
  readonly runtime: Runtime;
  readonly environment: Environment;
}

/**
 * Does what an apply command says in a workspace that runs. A container that is to run to its end is waited for, what
 * it prints is passed on, and its exit code returned; else 0, when what is applied is there. Throws CANNOT_APPLY,
 * WORKSPACE_LOCKED, WORKSPACE_NOT_RUNNING and what a start throws.
 */
export async function applyComponent(
  io: Io,
  place: ApplyPlace,
  command: ApplyCommand,
  output: 'text' | 'json',
): Promise<number> {
  const { workspace, runtime, environment } = place;
  // Commands that only run something in a container do without planning.
  const { executePlan, prepareApply } = await import('@devstead/runtime');
  const { UpProgress } = await import('./up/up-progress.ts');
  const { withWorkspaceLock } = await import('./select-workspaces.ts');
  const settings = readSettings(io, workspace.record.folder);
  const { signal, clock } = io;
  const progress = new UpProgress(io, performance.now());
  const prepare = (): Promise<Plan> =>
    prepareApply(workspace, environment, runtime, settings, {
      command,
      readyTimeoutMs: settings.up.timeoutMs,
      signal,
    });
  const execute = async (plan: Plan, onStart?: () => void): Promise<void> => {
    const onEvent = (event: PlanEvent): void => {
      if (event.type === 'step.started' && event.kind === 'container.finish') onStart?.();
      // What it prints tells more than that it runs.
      else if (event.type !== 'step.ended' || event.kind !== 'container.finish') progress.read(event);
    };
    try {
      await executePlan(plan, runtime.runStep, { clock, signal, onEvent });
    } finally {
      progress.end();
      runtime.release();
    }
  };
  return withWorkspaceLock(io, workspace, `run ${command.id}`, async () => {
    let plan = await prepare();
    const pulls = plan.steps.filter(({ kind }) => kind === 'image.pull').map((step) => ({ ...step, after: [] }));
    if (pulls.length > 0) {
      // Only then it is known what the images say.
      await execute({ ...plan, steps: pulls, notes: [] });
      plan = await prepare();
    }
    for (const note of plan.notes) progress.note(note);
    const jobs = plan.steps.flatMap((step) => (step.kind === 'container.finish' ? [step.spec.name] : []));
    const [job] = jobs;
    if (job === undefined) {
      await execute(plan);
      await printApplied(io, place, command, plan);
      return 0;
    }
    return runJob({ io, place, name: job, output }, (onStart) => execute(plan, onStart));
  });
}

/** Says that nothing had to be done, or where what was started is reached. */
async function printApplied(
  io: Io,
  { environment, runtime }: ApplyPlace,
  { component }: ApplyCommand,
  plan: Plan,
): Promise<void> {
  if (plan.steps.length === 0 && plan.notes.length === 0) io.stderr.write(`  ${component} is there already\n`);
  const containers = environment.containers.filter(({ name }) => name === component);
  for (const { endpoint, url } of listAddresses(
    { ...environment, containers },
    (await runtime.observe()).publishedPorts,
  )) {
    io.stderr.write(`  ${endpoint}  ${url}\n`);
  }
}

interface Job {
  readonly io: Io;
  readonly place: ApplyPlace;
  readonly name: string;
  readonly output: 'text' | 'json';
}

/** Runs a plan with a container that is to end, prints what that prints as it comes, and returns its exit code. */
async function runJob({ io, place, name, output }: Job, work: (onStart: () => void) => Promise<void>): Promise<number> {
  const { workspace, runtime } = place;
  const query = { listContainers: () => [name], sinceMs: io.clock.now() };
  const end = new AbortController();
  const stream = output === 'json' ? io.stderr : io.stdout;
  let printed = 0;
  const print = ({ text }: { readonly text: string }): void => {
    printed += 1;
    stream.write(`${harmlessText(text, false)}\n`);
  };
  let following: Promise<void> = Promise.resolve();
  let failure: unknown;
  try {
    await work(() => {
      following = followAll(workspace, runtime, query, print, end.signal);
    });
  } catch (error) {
    failure = error;
  }
  end.abort();
  await following;
  // The last lines may not have been noticed yet.
  for (const line of (await runtime.readLogs({ containers: [name], sinceMs: query.sinceMs })).slice(printed))
    print(line);
  if (failure === undefined) return 0;
  const { exitCode } = (await runtime.observe()).containers[name] ?? {};
  const isOwn = failure instanceof AppError && failure.code === 'CONTAINER_FAILED' && exitCode !== undefined;
  if (!isOwn || exitCode === 0) throw failure;
  return exitCode;
}
