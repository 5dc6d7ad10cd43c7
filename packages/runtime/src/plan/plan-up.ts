import type { ApplyCommand, ExecCommand, Starter } from '@devstead/environment';
import { listContainerNames } from '@devstead/environment/replicas';
import { type ApplyInput, planApply, planImage } from './apply-steps.ts';
import { type ContainerSpec, hasOwnNetwork } from './container-spec.ts';
import {
  addConditions,
  addImage,
  addOwnNetwork,
  addReady,
  addStart,
  findChange,
  isAtEngine,
} from './container-steps.ts';
import { planEventSteps } from './event-steps.ts';
import { orderStarts } from './start-order.ts';
import { StepList } from './step-list.ts';
import type { EventName, Observed, ObservedContainer, Plan, PublishedPort } from './types.ts';

/** `specs` are the containers that start with the environment, that an event applies, and that run. */
export interface PlanUpInput extends ApplyInput {
  readonly ports: readonly PublishedPort[];
  /** Commands of preStart and postStart run. */
  readonly runsCommands: boolean;
  /** Containers that are not described any more are left alone, and this is said. */
  readonly keepsOrphans?: boolean;
  /** Submodules of projects are fetched too. */
  readonly withSubmodules?: boolean;
  /** Names of projects that a folder of the machine stands for. */
  readonly boundProjects?: readonly string[];
  /** Volumes that begin as copies of another workspace's, and the folder of that workspace. */
  readonly copies?: { readonly volumes: readonly string[]; readonly from: string; readonly name: string };
  /** Connections to the machine's package index are carried. */
  readonly connectsIndex?: boolean;
  /** The starter whose sources go into the devfile's folder. */
  readonly starter?: { readonly starter: Starter; readonly folder: string };
}

/** What has to be done so that the environment runs as described. No steps: it already does. */
export function planUp(input: PlanUpInput): Plan {
  const builder = new StepList();
  if (input.observed.hasRemains)
    builder.add({ id: 'remains.remove', kind: 'remains.remove', cause: 'an earlier start was cut off', after: [] });
  planSupervisorStop(input, builder);
  planImages(input, builder);
  planArtifacts(input, builder);
  planProjects(input, builder);
  planCopies(input, builder);
  planRemovals(input, builder);
  planContainers(input, builder);
  planPorts(input, builder);
  planEvents(input, builder);
  noteOrphans(input, builder);
  return { title: `up ${input.environment.name}`, steps: builder.steps, notes: [...new Set(builder.notes)] };
}

/** While containers are changed nobody may start them again. */
function planSupervisorStop(input: PlanUpInput, plan: StepList): void {
  const isChanging = containersToEnd(input).length > 0 || containersToStart(input).length > 0;
  if (!input.observed.isSupervised || !isChanging) return;
  plan.add({ id: 'supervisor.stop', kind: 'supervisor.stop', cause: 'containers change', after: [] });
}

function planImages(input: PlanUpInput, plan: StepList): void {
  for (const { imageName } of input.specs) addImage(plan, input, imageName);
}

/** The images that the environment asks for beside those of its containers. */
function planArtifacts(input: PlanUpInput, plan: StepList): void {
  for (const artifact of input.environment.artifacts ?? []) {
    if (artifact.kind === 'image' && artifact.applied === 'start') planImage(plan, input, artifact, []);
  }
}

function planProjects(input: PlanUpInput, plan: StepList): void {
  const { environment, observed, withSubmodules = false, boundProjects = [], starter } = input;
  if (starter !== undefined) {
    plan.add({
      id: `starter.fetch ${starter.starter.name}`,
      kind: 'starter.fetch',
      ...starter,
      withSubmodules,
      cause: 'the folder has no sources yet',
      after: plan.known(['remains.remove']),
    });
  }
  for (const project of environment.projects) {
    if (observed.projects.includes(project.clonePath) || boundProjects.includes(project.name)) continue;
    plan.add({
      id: `project.clone ${project.name}`,
      kind: 'project.clone',
      project,
      withSubmodules,
      cause: 'its sources are not there',
      after: plan.known(['remains.remove']),
    });
  }
}

function planCopies({ observed, copies }: PlanUpInput, plan: StepList): void {
  const volumes = copies?.volumes.filter((volume) => !observed.volumes.includes(volume)) ?? [];
  if (copies === undefined || volumes.length === 0) return;
  plan.add({
    id: 'volumes.copy',
    kind: 'volumes.copy',
    volumes,
    from: copies.from,
    cause: `they begin as those of ${copies.name}`,
    after: plan.known(['remains.remove']),
  });
}

/** Containers that are no longer described, or run but not as they were made. */
function containersToEnd(input: PlanUpInput): { name: string; isRunning: boolean; isGone: boolean; cause: string }[] {
  const following = followingRestarts(input);
  const wanted = new Map(input.specs.map((spec) => [spec.name, spec]));
  const described = new Set(input.environment.containers.flatMap(listContainerNames));
  return Object.entries(input.observed.containers).flatMap(([name, container]) => {
    const spec = wanted.get(name);
    const isRunning = container.state === 'running';
    if (container.spec?.oneOff !== undefined) {
      const cause = 'the command it was there for has ended';
      return container.isAbandoned === true ? [{ name, isRunning, isGone: true, cause }] : [];
    }
    if (!described.has(name) && isSurplus(name, container, input)) {
      return [{ name, isRunning, isGone: true, cause: 'its service has fewer containers now' }];
    }
    if (input.keepsOrphans === true && !described.has(name)) return [];
    // One that is applied may be left as it ended, and what it is to be is asked when it is applied again.
    const isLeft = spec === undefined || (!isToKeep(spec, input) && !isRunning);
    if (described.has(name) && isLeft) return [];
    const cause =
      spec === undefined ? 'the devfile no longer has it' : (findChange(spec, container, input) ?? following.get(name));
    return cause === undefined ? [] : [{ name, isRunning, isGone: spec === undefined, cause }];
  });
}

/** True of a further container of a service that is still described, with a number that it no longer goes up to. */
function isSurplus(name: string, { spec }: ObservedContainer, { environment }: PlanUpInput): boolean {
  const [, service] = /^(.+)-\d+$/.exec(name) ?? [];
  return environment.containers.some(
    (container) => container.name === service && container.service !== undefined && container.image === spec?.image,
  );
}

function noteOrphans(input: PlanUpInput, plan: StepList): void {
  const { keepsOrphans, observed, environment } = input;
  if (keepsOrphans !== true) return;
  const described = new Set(environment.containers.flatMap(listContainerNames));
  const orphans = Object.entries(observed.containers)
    .filter(([name, one]) => !described.has(name) && one.spec?.oneOff === undefined && !isSurplus(name, one, input))
    .map(([name]) => name);
  if (orphans.length > 0)
    plan.notes.push(`containers that the project no longer has: ${orphans.join(', ')}; --remove-orphans removes them`);
}

function planRemovals(input: PlanUpInput, plan: StepList): void {
  const after = plan.known(['remains.remove', 'supervisor.stop']);
  for (const { name, isRunning, isGone, cause } of containersToEnd(input)) {
    if (isRunning) plan.add({ id: `container.stop ${name}`, kind: 'container.stop', container: name, cause, after });
    if (!isGone) continue;
    const stop = plan.known([`container.stop ${name}`]);
    plan.add({
      id: `container.remove ${name}`,
      kind: 'container.remove',
      container: name,
      cause,
      after: [...after, ...stop],
    });
  }
}

/** True of what an `up` sees to: all but what only a command starts, and of that what goes on since it did. */
function isToKeep({ name, applied }: ContainerSpec, { observed }: PlanUpInput): boolean {
  if (applied === undefined) return true;
  const state = observed.containers[name]?.state;
  return applied === 'serve' && observed.isSandboxRunning && (state === 'running' || state === 'exited');
}

function containersToStart(input: PlanUpInput): readonly ContainerSpec[] {
  const following = followingRestarts(input);
  return input.specs.filter((spec) => following.has(spec.name) || isToStart(spec, input));
}

/**
 * Containers that run as they should, but ask to be started anew with one they depend on (Compose Specification,
 * `depends_on`, `restart`), and why.
 */
function followingRestarts(input: PlanUpInput): ReadonlyMap<string, string> {
  const { specs, observed } = input;
  const following = new Map<string, string>();
  const isRestarted = (name: string): boolean =>
    observed.containers[name] !== undefined &&
    (following.has(name) || specs.some((spec) => spec.name === name && isToStart(spec, input)));
  for (let count = -1; count < following.size; ) {
    count = following.size;
    for (const spec of specs) {
      if (following.has(spec.name) || !runs(observed, spec.name) || isToStart(spec, input)) continue;
      const cause = spec.startsAfter?.find(({ restarts, container }) => restarts === true && isRestarted(container));
      if (cause !== undefined) following.set(spec.name, `${cause.container} is started anew`);
    }
  }
  return following;
}

function isToStart(spec: ContainerSpec, input: PlanUpInput): boolean {
  if (!isToKeep(spec, input)) return false;
  const { isSandboxRunning, containers } = input.observed;
  const container = containers[spec.name];
  if (spec.applied !== undefined) return container !== undefined && findChange(spec, container, input) !== undefined;
  return container?.state !== 'running' || findChange(spec, container, input) !== undefined || !isSandboxRunning;
}

function planContainers(input: PlanUpInput, plan: StepList): void {
  const { specs, observed } = input;
  // What takes longest until it is ready begins first.
  const starting = orderStarts(containersToStart(input).toSorted((a, b) => b.checks.length - a.checks.length));
  if (!observed.isSandboxRunning) {
    plan.add({
      id: 'sandbox.start',
      kind: 'sandbox.start',
      containers: specs,
      cause: 'the workspace is not running',
      after: plan.known(['remains.remove', ...plan.idsOf('project.clone', 'starter.fetch', 'volumes.copy')]),
    });
  }
  const isThere = (spec: ContainerSpec): boolean =>
    spec.applied === undefined || starting.includes(spec) || runs(observed, spec.name);
  for (const spec of specs) if (isThere(spec) && !starting.includes(spec)) addOwnNetwork(plan, input, spec);
  const inits = planInits(input, plan);
  for (const spec of starting) {
    addOwnNetwork(plan, input, spec);
    addStart(plan, input, spec, [...inits, ...addConditions(plan, input, spec, specs)]);
  }
  if (sharesNetwork(specs) && !(observed.isSandboxRunning && observed.isConnected)) {
    const after = plan.known(['sandbox.start']);
    plan.add({ id: 'network.connect', kind: 'network.connect', cause: 'commands reach the internet', after });
  }
  if (input.connectsIndex === true && !(observed.isSandboxRunning && observed.isIndexRelayed)) {
    // Networks of containers that start at once come first: nothing else holds these up.
    const atOnce = starting.filter(({ startsAfter = [] }) => startsAfter.length === 0);
    const connecting = isAtEngine(observed) ? 'container.start' : 'network.connect';
    const after = plan.known(['sandbox.start', ...atOnce.map(({ name }) => `${connecting} ${name}`)]);
    plan.add({ id: 'index.connect', kind: 'index.connect', cause: 'Python packages come through the index', after });
  }
  for (const spec of starting) addReady(plan, input, spec, specs);
}

/** False where every container has a network of its own: then nobody is there who would use the way out of the shared one. */
function sharesNetwork(specs: readonly ContainerSpec[]): boolean {
  return specs.length === 0 || specs.some((spec) => !hasOwnNetwork(spec) && spec.networkOf === undefined);
}

/**
 * What preStart applies and that runs to its end does so before the other containers start, as init containers of a
 * pod. Returns the ids of the steps that end it.
 */
function planInits(input: PlanUpInput, plan: StepList): readonly string[] {
  return isEventDone(input, 'preStart')
    ? []
    : walkInits(input, (command, previous) => planApply(plan, input, command, previous));
}

/** Goes through the containers that preStart applies and that run to their end. */
function walkInits(
  { environment, specs }: PlanUpInput,
  visit: (command: ApplyCommand, previous: readonly string[]) => readonly string[],
): readonly string[] {
  const inits = new Set(specs.flatMap(({ name, applied }) => (applied === 'finish' ? [name] : [])));
  const { last } = planEventSteps(environment, {
    event: 'preStart',
    after: () => [],
    isRunnable: () => false,
    isBestEffort: false,
    apply: (command, previous) => (inits.has(command.component) ? visit(command, previous) : previous),
  });
  return last;
}

function isEventDone({ observed, runsCommands }: PlanUpInput, event: EventName): boolean {
  return !runsCommands || (observed.isSandboxRunning && observed.finishedEvents.includes(event));
}

function runs({ isSandboxRunning, containers }: Observed, name: string): boolean {
  return isSandboxRunning && containers[name]?.state === 'running';
}

function planPorts({ ports, observed }: PlanUpInput, plan: StepList): void {
  const isPublished = ports.every(({ endpoint, hostPort }) => observed.publishedPorts[endpoint] === hostPort);
  const isSame = isPublished && Object.keys(observed.publishedPorts).length === ports.length;
  const isStopping = plan.known(['supervisor.stop']).length > 0;
  if (observed.isSandboxRunning && observed.isSupervised && isSame && !isStopping) return;
  if (observed.isSupervised && !isStopping)
    plan.add({ id: 'supervisor.stop', kind: 'supervisor.stop', cause: 'ports change', after: [] });
  plan.add({
    id: 'ports.publish',
    kind: 'ports.publish',
    ports,
    cause:
      observed.isSandboxRunning && !observed.isSupervised
        ? 'the supervisor is gone'
        : 'endpoints are reached from the machine',
    // The supervisor watches the containers there are, of which none is to go; before they are ready its start would
    // only hold them up.
    after: plan.known([
      'supervisor.stop',
      'sandbox.start',
      ...plan.idsOf('container.ready', 'container.finish', 'container.stop', 'container.remove'),
    ]),
  });
}

/**
 * preStart begins when its container runs and the sources are there, before the environment is called ready; postStart
 * when everything is ready.
 */
function planEvents(input: PlanUpInput, plan: StepList): void {
  const { environment } = input;
  const network = plan.idsOf('network.connect', 'index.connect');
  const add = (event: 'preStart' | 'postStart', after: (command: ExecCommand) => readonly string[]): void => {
    if (isEventDone(input, event)) return;
    const { last } = planEventSteps(environment, {
      event,
      after,
      isRunnable: () => true,
      isBestEffort: false,
      add: (step) => plan.add(step),
      apply: (command, previous) => planApply(plan, input, command, previous, event === 'postStart' ? ready() : []),
    });
    if (last.length === 0) return;
    const cause = 'it is not repeated while the workspace runs';
    plan.add({ id: `event.finish ${event}`, kind: 'event.finish', event, cause, after: last });
  };
  add('preStart', (command) => [...plan.known([`container.start ${command.container}`]), ...network]);
  let readyIds: readonly string[] | undefined;
  const ready = (): readonly string[] => {
    readyIds ??= [...plan.idsOf('container.ready'), ...plan.known(['event.finish preStart']), ...network];
    return readyIds;
  };
  add('postStart', ready);
}
