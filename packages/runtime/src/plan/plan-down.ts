import type { Environment } from '@devstead/environment';
import { eventCommands } from '@devstead/environment/commands';
import type { ContainerSpec } from './container-spec.ts';
import { type EventSteps, planEventSteps } from './event-steps.ts';
import { hashSpec } from './hash-spec.ts';
import { keepAlive } from './keep-alive.ts';
import { namesBefore } from './start-order.ts';
import type { Observed, Plan, Step } from './types.ts';

export interface PlanStopInput {
  readonly name: string;
  /** Undefined when the environment can no longer be read; its containers are ended all the same. */
  readonly environment: Environment | undefined;
  readonly observed: Observed;
  readonly runsCommands: boolean;
  /** Containers that postStop applies, as they were to be when the workspace was brought up. */
  readonly lastJobs?: readonly ContainerSpec[];
}

/** Ends what runs, in reverse order: preStop, supervisor, containers, network, postStop. Data and layers are kept. */
export function planStop(input: PlanStopInput): Plan {
  return {
    title: `stop ${input.name}`,
    steps: stopSteps(input, 'the workspace is being stopped'),
    notes: stopNotes(input),
  };
}

export interface PlanDownInput extends PlanStopInput {
  /** Also named volumes, and projects that were cloned. */
  readonly removesVolumes: boolean;
  /** The work tree of a branch that was made for the workspace. */
  readonly worktree?: { readonly worktree: string; readonly repository: string; readonly isForced: boolean };
}

/** Ends what runs and removes what was made; named volumes stay unless asked. */
export function planDown(input: PlanDownInput): Plan {
  const cause = 'the workspace is being removed';
  const steps = stopSteps(input, cause).map(
    (step): Step => (step.kind === 'volume.remove' ? { ...step, endsWorkspace: true } : step),
  );
  const gone = new Set(steps.flatMap((step) => (step.kind === 'volume.remove' ? [step.volume] : [])));
  const ended = lastOf(steps.filter(({ kind }) => kind !== 'volume.remove'));
  for (const volume of input.removesVolumes ? input.observed.volumes : []) {
    if (gone.has(volume)) continue;
    steps.push({ ...removeVolume(volume, '--volumes was given', ended), endsWorkspace: true });
  }
  if (input.worktree !== undefined) {
    // Before the record that tells whose it is.
    const after = steps.map(({ id }) => id);
    steps.push({ id: 'worktree.remove', kind: 'worktree.remove', ...input.worktree, cause, after });
  }
  steps.push({
    id: 'workspace.remove',
    kind: 'workspace.remove',
    keepsVolumes: !input.removesVolumes,
    cause,
    after: steps.map(({ id }) => id),
  });
  return { title: `down ${input.name}`, steps, notes: stopNotes(input) };
}

/** Ends some containers, those that wait for others first. They stay ended until they are asked for. */
export function planStopContainers(title: string, observed: Observed, names: readonly string[]): Plan {
  const running = Object.entries(observed.containers).filter(
    ([name, { state }]) => names.includes(name) && state === 'running',
  );
  return { title, steps: planStops(running.reverse(), 'it is asked to end', []), notes: [] };
}

/** The same plan, with so long for each container to end by itself in place of its own time. */
export function withGrace(plan: Plan, graceMs: number): Plan {
  const steps = plan.steps.map(
    (step): Step => (step.kind === 'container.stop' && step.signal === undefined ? { ...step, graceMs } : step),
  );
  return { ...plan, steps };
}

/** Sends containers that run a signal, all at once. */
export function planSignal(title: string, observed: Observed, names: readonly string[], signal: string): Plan {
  const running = names.filter((name) => observed.containers[name]?.state === 'running');
  const steps = running.map((container): Step => {
    return { id: `container.stop ${container}`, kind: 'container.stop', container, signal, cause: 'kill', after: [] };
  });
  return { title, steps, notes: [] };
}

/** Has containers that run stand still, or go on where they do. */
export function planPause(title: string, observed: Observed, names: readonly string[], pauses: boolean): Plan {
  const kind = pauses ? ('container.pause' as const) : ('container.resume' as const);
  const wanted = names.filter((name) => {
    const { state, isPaused = false } = observed.containers[name] ?? {};
    return state === 'running' && isPaused !== pauses;
  });
  const cause = 'it was asked for';
  const steps = wanted.map((container): Step => ({ id: `${kind} ${container}`, kind, container, cause, after: [] }));
  return { title, steps, notes: [] };
}

/** Removes containers, after they have ended where they run. */
export function planRemoveContainers(title: string, observed: Observed, names: readonly string[]): Plan {
  const { steps } = planStopContainers(title, observed, names);
  const stops = steps.map(({ id }) => id);
  const removals = names.map((container): Step => {
    const id = `container.remove ${container}`;
    return { id, kind: 'container.remove', container, cause: 'it was asked for', after: stops };
  });
  return { title, steps: [...steps, ...removals], notes: [] };
}

function stopSteps(input: PlanStopInput, cause: string): Step[] {
  const { environment, observed, runsCommands } = input;
  const steps: Step[] = [];
  const running = Object.entries(observed.containers).filter(([, container]) => container.state === 'running');
  let previous: string[] = [];
  const add = (step: Step): void => {
    steps.push(step);
    previous = [step.id];
  };
  if (runsCommands && environment !== undefined) {
    const isRunnable = ({ container }: { readonly container: string }): boolean =>
      running.some(([name]) => name === container);
    const preStop = planEventSteps(environment, { event: 'preStop', after: () => [], isRunnable, isBestEffort: true });
    steps.push(...preStop.steps);
    previous = [...preStop.last];
  }
  if (observed.isSupervised) add({ id: 'supervisor.stop', kind: 'supervisor.stop', cause, after: previous });
  const stops = planStops(running.reverse(), cause, previous);
  steps.push(...stops);
  if (stops.length > 0) previous = stops.map(({ id }) => id);
  if (runsCommands && environment !== undefined) {
    const postStop = planPostStop(environment, input, previous);
    steps.push(...postStop.steps);
    if (postStop.last.length > 0) previous = [...postStop.last];
  }
  if (observed.isSandboxRunning || observed.hasRemains)
    add({ id: 'sandbox.stop', kind: 'sandbox.stop', cause, after: previous });
  for (const { name, ephemeral } of environment?.volumes ?? []) {
    if (ephemeral && observed.volumes.includes(name)) steps.push(removeVolume(name, 'it is ephemeral', previous));
  }
  return steps;
}

/** Containers end when those that waited for them at the start have ended. */
function planStops(
  running: readonly (readonly [string, Observed['containers'][string]])[],
  cause: string,
  previous: readonly string[],
): Step[] {
  const specs = running.map(([name, { spec }]) => ({ name, before: spec === undefined ? [] : namesBefore(spec) }));
  return specs.map(({ name: container }) => {
    const dependents = specs.flatMap(({ name, before }) =>
      before.includes(container) ? [`container.stop ${name}`] : [],
    );
    const after = [...previous, ...dependents];
    return { id: `container.stop ${container}`, kind: 'container.stop', container, cause, after };
  });
}

/**
 * Commands of postStop run when every program of the environment has ended: their containers are started once more,
 * with nothing in them but the command. What they apply runs to its end.
 */
function planPostStop(environment: Environment, input: PlanStopInput, stopped: readonly string[]): EventSteps {
  const { observed } = input;
  const steps: Step[] = [];
  const events = planEventSteps(environment, {
    event: 'postStop',
    after: ({ container }) => [startId(container)],
    isRunnable: ({ container }) => keptSpec(observed, container) !== undefined,
    isBestEffort: true,
    add: (step) => void steps.push(step),
    apply: ({ component }, previous) => {
      const spec = findJob(input, component);
      if (spec === undefined) return previous;
      const last = `container.finish ${component}`;
      if (!steps.some(({ id }) => id === last)) steps.push(...jobSteps(spec, [...new Set([...stopped, ...previous])]));
      return [...new Set([...previous, last])];
    },
  });
  const names = new Set(steps.flatMap((step) => (step.kind === 'command.run' ? [step.command.container] : [])));
  const starts = [...names].flatMap((name): Step[] => {
    const spec = keptSpec(observed, name);
    const specHash = observed.containers[name]?.specHash;
    if (spec === undefined || specHash === undefined) return [];
    const cause = 'postStop runs in it';
    return [{ id: startId(name), kind: 'container.start', spec, specHash, isNewLayer: false, cause, after: stopped }];
  });
  return { ...events, steps: [...starts, ...steps] };
}

/** What postStop applies, if it can still be started: nothing is built at the end. */
function findJob({ lastJobs = [], observed }: PlanStopInput, name: string): ContainerSpec | undefined {
  if (!observed.isSandboxRunning) return undefined;
  return lastJobs.find((spec) => spec.name === name && observed.images[spec.imageName] !== undefined);
}

function jobSteps(spec: ContainerSpec, after: readonly string[]): Step[] {
  const cause = 'postStop applies it';
  const id = startId(spec.name);
  return [
    { id, kind: 'container.start', spec, specHash: hashSpec(spec), isNewLayer: true, cause, after },
    { id: `container.finish ${spec.name}`, kind: 'container.finish', spec, isBestEffort: true, cause, after: [id] },
  ];
}

function startId(container: string): string {
  return `container.start ${container}`;
}

/** Its layer fits only the image it was made from. */
function keptSpec({ containers, images }: Observed, name: string): ContainerSpec | undefined {
  const container = containers[name];
  if (container?.state !== 'running' || container.spec === undefined) return undefined;
  if (images[container.spec.imageName] !== container.imageDigest) return undefined;
  return keepAlive(container.spec, 'postStop runs in it');
}

/** What the events of an end name and is not run. */
function stopNotes(input: PlanStopInput): string[] {
  const { environment, observed, runsCommands } = input;
  if (!runsCommands || environment === undefined) return [];
  const applied = (['preStop', 'postStop'] as const).flatMap((event) =>
    eventCommands(environment, event)
      .flatMap(({ commands }) => commands)
      .flatMap((command) => {
        if (command.type !== 'apply' || (event === 'postStop' && findJob(input, command.component))) return [];
        return [`${event}: ${command.id} applies ${command.component}, which is not started at the end`];
      }),
  );
  const missed = eventCommands(environment, 'postStop')
    .flatMap(({ commands }) => commands)
    .filter((command) => command.type === 'exec' && keptSpec(observed, command.container) === undefined);
  return [
    ...applied,
    ...missed.map(({ id }) => `postStop: ${id} is not run: its container was not running, or its image was made anew`),
  ];
}

function lastOf(steps: readonly Step[]): string[] {
  return steps.slice(-1).map(({ id }) => id);
}

function removeVolume(volume: string, cause: string, after: readonly string[]): Step & { kind: 'volume.remove' } {
  return { id: `volume.remove ${volume}`, kind: 'volume.remove', volume, cause, after };
}
