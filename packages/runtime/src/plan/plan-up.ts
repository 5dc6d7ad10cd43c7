import type { Environment, ExecCommand, Starter } from '@devstead/environment';
import type { ContainerSpec } from './container-spec.ts';
import { planEventSteps } from './event-steps.ts';
import { hashSpec } from './hash-spec.ts';
import type { Observed, ObservedContainer, Plan, PublishedPort, Step } from './types.ts';

export interface PlanUpInput {
  readonly environment: Environment;
  readonly specs: readonly ContainerSpec[];
  readonly observed: Observed;
  readonly ports: readonly PublishedPort[];
  /** Images that must be built anew because their recipe changed. */
  readonly staleImages: readonly string[];
  /** References of the images that no recipe makes and that are not in the store, by the name they will have there. */
  readonly pulls: Readonly<Record<string, string>>;
  /** Commands of preStart and postStart run. */
  readonly runsCommands: boolean;
  readonly readyTimeoutMs: number;
  /** Submodules of projects are fetched too. */
  readonly withSubmodules?: boolean;
  /** Names of projects that a folder of the machine stands for. */
  readonly boundProjects?: readonly string[];
  /** Volumes that begin as copies of another workspace's, and the folder of that workspace. */
  readonly copies?: { readonly volumes: readonly string[]; readonly from: string; readonly name: string };
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
  planProjects(input, builder);
  planCopies(input, builder);
  planRemovals(input, builder);
  planContainers(input, builder);
  planPorts(input, builder);
  if (input.runsCommands) planEvents(input, builder);
  return { title: `up ${input.environment.name}`, steps: builder.steps, notes: builder.notes };
}

class StepList {
  readonly steps: Step[] = [];
  readonly notes: string[] = [];

  add(step: Step): void {
    this.steps.push(step);
  }

  /** The ids given that are in the plan: a step waits only for what is done in this plan. */
  known(ids: readonly string[]): string[] {
    const present = new Set(this.steps.map(({ id }) => id));
    return ids.filter((id) => present.has(id));
  }

  idsOf(...kinds: readonly Step['kind'][]): string[] {
    return this.steps.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);
  }
}

/** While containers are changed nobody may start them again. */
function planSupervisorStop(input: PlanUpInput, plan: StepList): void {
  if (!input.observed.isSupervised || (containersToEnd(input).length === 0 && containersToStart(input).length === 0))
    return;
  plan.add({ id: 'supervisor.stop', kind: 'supervisor.stop', cause: 'containers change', after: [] });
}

function planImages({ specs, observed, staleImages, pulls }: PlanUpInput, plan: StepList): void {
  for (const image of new Set(specs.map(({ imageName }) => imageName))) {
    const isThere = observed.images[image] !== undefined;
    const reference = pulls[image];
    if (reference !== undefined) {
      const after = plan.known(['remains.remove']);
      const cause = 'it is not in the local store, and no recipe stands for it';
      plan.add({ id: `image.pull ${image}`, kind: 'image.pull', image, reference, cause, after });
      continue;
    }
    if (isThere && !staleImages.includes(image)) continue;
    plan.add({
      id: `image.build ${image}`,
      kind: 'image.build',
      image,
      cause: isThere ? 'its recipe changed' : 'it is not in the local store',
      after: plan.known(['remains.remove']),
    });
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
  const wanted = new Map(input.specs.map((spec) => [spec.name, spec]));
  return Object.entries(input.observed.containers).flatMap(([name, container]) => {
    const spec = wanted.get(name);
    const cause = spec === undefined ? 'the devfile no longer has it' : findChange(spec, container, input);
    return cause === undefined
      ? []
      : [{ name, isRunning: container.state === 'running', isGone: spec === undefined, cause }];
  });
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

function containersToStart(input: PlanUpInput): readonly ContainerSpec[] {
  const { specs, observed } = input;
  return specs.filter((spec) => {
    const container = observed.containers[spec.name];
    return (
      container?.state !== 'running' || findChange(spec, container, input) !== undefined || !observed.isSandboxRunning
    );
  });
}

/** How a container differs from what it is to be; undefined when it does not. */
function findChange(spec: ContainerSpec, container: ObservedContainer, input: PlanUpInput): string | undefined {
  if (hashSpec(spec) !== container.specHash) return 'its description changed';
  return isImageNew(spec.imageName, container, input) ? 'its image changed' : undefined;
}

function isImageNew(image: string, container: ObservedContainer, { observed, staleImages }: PlanUpInput): boolean {
  return container.imageDigest !== observed.images[image] || staleImages.includes(image);
}

function planContainers(input: PlanUpInput, plan: StepList): void {
  const { specs, observed, readyTimeoutMs } = input;
  // What takes longest until it is ready begins first.
  const starting = containersToStart(input).toSorted((a, b) => b.checks.length - a.checks.length);
  if (!observed.isSandboxRunning) {
    plan.add({
      id: 'sandbox.start',
      kind: 'sandbox.start',
      containers: specs,
      cause: 'the workspace is not running',
      after: plan.known(['remains.remove', ...plan.idsOf('project.clone', 'starter.fetch', 'volumes.copy')]),
    });
  }
  for (const spec of starting) {
    const container = observed.containers[spec.name];
    const isNewLayer = container === undefined || isImageNew(spec.imageName, container, input);
    plan.add({
      id: `container.start ${spec.name}`,
      kind: 'container.start',
      spec,
      specHash: hashSpec(spec),
      isNewLayer,
      cause: startCause(container, isNewLayer, spec),
      after: plan.known([
        'supervisor.stop',
        'sandbox.start',
        ...plan.idsOf('project.clone', 'starter.fetch', 'volumes.copy'),
        `image.build ${spec.imageName}`,
        `image.pull ${spec.imageName}`,
        `container.stop ${spec.name}`,
      ]),
    });
  }
  if (!observed.isSandboxRunning || !observed.isConnected) {
    const after = plan.known(['sandbox.start']);
    plan.add({ id: 'network.connect', kind: 'network.connect', cause: 'commands reach the internet', after });
  }
  planOwnNetworks(input, plan);
  for (const spec of starting) {
    plan.add({
      id: `container.ready ${spec.name}`,
      kind: 'container.ready',
      spec,
      timeoutMs: readyTimeoutMs,
      cause: spec.checks.length === 0 ? 'it runs' : `it answers: ${spec.checks.map(describeCheck).join(', ')}`,
      after: [`container.start ${spec.name}`],
    });
  }
}

/** A network of a container's own is there as soon as the container is. */
function planOwnNetworks({ specs, observed }: PlanUpInput, plan: StepList): void {
  for (const { name, dedicated } of specs) {
    const isConnected = observed.isSandboxRunning && observed.containers[name]?.isConnected === true;
    if (dedicated !== true || isConnected) continue;
    plan.add({
      id: `network.connect ${name}`,
      kind: 'network.connect',
      container: name,
      cause: 'it has a network of its own',
      after: plan.known([`container.start ${name}`]),
    });
  }
}

function startCause(container: ObservedContainer | undefined, isNewLayer: boolean, spec: ContainerSpec): string {
  if (container === undefined) return 'it does not exist';
  if (hashSpec(spec) !== container.specHash) return 'its description changed';
  if (isNewLayer) return 'its image changed';
  return container.state === 'exited' ? `it ended with code ${container.exitCode ?? '?'}` : 'it is stopped';
}

function describeCheck(check: ContainerSpec['checks'][number]): string {
  return check.type === 'listen' ? `port ${check.port}` : (check.argv[0] ?? '');
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
      ...plan.idsOf('container.ready', 'container.stop', 'container.remove'),
    ]),
  });
}

/**
 * preStart begins when its container runs and the sources are there, before the environment is called ready; postStart
 * when everything is ready.
 */
function planEvents({ environment, observed }: PlanUpInput, plan: StepList): void {
  const network = plan.idsOf('network.connect');
  const add = (event: 'preStart' | 'postStart', after: (command: ExecCommand) => readonly string[]): void => {
    if (observed.isSandboxRunning && observed.finishedEvents.includes(event)) return;
    const { steps, last, notes } = planEventSteps(environment, {
      event,
      after,
      isRunnable: () => true,
      isBestEffort: false,
    });
    for (const step of steps) plan.add(step);
    plan.notes.push(...notes);
    if (last.length === 0) return;
    const cause = 'it is not repeated while the workspace runs';
    plan.add({ id: `event.finish ${event}`, kind: 'event.finish', event, cause, after: last });
  };
  add('preStart', (command) => [...plan.known([`container.start ${command.container}`]), ...network]);
  const ready = [...plan.idsOf('container.ready'), ...plan.known(['event.finish preStart']), ...network];
  add('postStart', () => ready);
}
