import type { ContainerSpec } from './container-spec.ts';
import { hashSpec } from './hash-spec.ts';
import type { StepList } from './step-list.ts';
import type { Observed, ObservedContainer } from './types.ts';

/** What planning a single container needs to know. */
export interface ContainerInput {
  readonly observed: Observed;
  /** Images that must be built anew because their recipe changed. */
  readonly staleImages: readonly string[];
  /** References of the images that no recipe makes and that are not in the store, by the name they will have there. */
  readonly pulls: Readonly<Record<string, string>>;
  readonly readyTimeoutMs: number;
}

/** Builds or pulls an image unless it is there. */
export function addImage(plan: StepList, { observed, staleImages, pulls }: ContainerInput, image: string): void {
  const after = plan.known(['remains.remove']);
  const isThere = observed.images[image] !== undefined;
  const reference = pulls[image];
  const isPlanned = plan.known([`image.build ${image}`, `image.pull ${image}`]).length > 0;
  if (isPlanned) return;
  if (reference !== undefined) {
    const cause = 'it is not in the local store, and no recipe stands for it';
    plan.add({ id: `image.pull ${image}`, kind: 'image.pull', image, reference, cause, after });
  } else if (!isThere || staleImages.includes(image)) {
    const cause = isThere ? 'its recipe changed' : 'it is not in the local store';
    plan.add({ id: `image.build ${image}`, kind: 'image.build', image, cause, after });
  }
}

const wasEnding = 'it was being stopped';

/** How a container differs from what it is to be; undefined when it does not. */
export function findChange(
  spec: ContainerSpec,
  container: ObservedContainer,
  input: ContainerInput,
): string | undefined {
  if (hashSpec(spec) !== container.specHash) return 'its description changed';
  if (container.isEnding === true) return wasEnding;
  return isImageNew(spec.imageName, container, input) ? 'its image changed' : undefined;
}

function isImageNew(image: string, container: ObservedContainer, { observed, staleImages }: ContainerInput): boolean {
  return container.imageDigest !== observed.images[image] || staleImages.includes(image);
}

/** Starts a container when the steps given, and what every container needs, are done. One that is to end starts fresh. */
export function addStart(
  plan: StepList,
  input: ContainerInput,
  spec: ContainerSpec,
  previous: readonly string[],
): void {
  const container = input.observed.containers[spec.name];
  const isNewLayer =
    container === undefined || spec.applied === 'finish' || isImageNew(spec.imageName, container, input);
  plan.add({
    id: `container.start ${spec.name}`,
    kind: 'container.start',
    spec,
    specHash: hashSpec(spec),
    isNewLayer,
    cause: startCause(container, isNewLayer, spec),
    after: plan.known([
      ...new Set([
        'supervisor.stop',
        'sandbox.start',
        ...plan.idsOf('project.clone', 'starter.fetch', 'volumes.copy'),
        `image.build ${spec.imageName}`,
        `image.pull ${spec.imageName}`,
        `container.stop ${spec.name}`,
        `network.connect ${spec.name}`,
        ...previous,
      ]),
    ]),
  });
}

function startCause(container: ObservedContainer | undefined, isNewLayer: boolean, spec: ContainerSpec): string {
  if (spec.applied !== undefined && container?.state !== 'running') return 'a command applies it';
  if (container === undefined) return 'it does not exist';
  if (hashSpec(spec) !== container.specHash) return 'its description changed';
  if (isNewLayer) return 'its image changed';
  if (container.isEnding === true) return wasEnding;
  return container.state === 'exited' ? `it ended with code ${container.exitCode ?? '?'}` : 'it is stopped';
}

/** Gives a container a network of its own and that its way out, before the container starts, unless it has it. */
export function addOwnNetwork(plan: StepList, { observed }: ContainerInput, { name, dedicated }: ContainerSpec): void {
  const isConnected = observed.isSandboxRunning && observed.connectedContainers.includes(name);
  const id = `network.connect ${name}`;
  if (dedicated !== true || isConnected || plan.known([id]).length > 0) return;
  plan.add({
    id,
    kind: 'network.connect',
    container: name,
    cause: 'it has a network of its own',
    after: plan.known(['sandbox.start', `container.stop ${name}`]),
  });
}

/** Waits until a container is ready, or has done what it is there for; returns the step's id. */
export function addReady(
  plan: StepList,
  { readyTimeoutMs }: Pick<ContainerInput, 'readyTimeoutMs'>,
  spec: ContainerSpec,
): string {
  const after = plan.known([`container.start ${spec.name}`]);
  const id = readyId(spec);
  if (spec.applied === 'finish') {
    plan.add({ id, kind: 'container.finish', spec, isBestEffort: false, cause: 'it runs to its end', after });
    return id;
  }
  const cause = spec.checks.length === 0 ? 'it runs' : `it answers: ${spec.checks.map(describeCheck).join(', ')}`;
  plan.add({ id, kind: 'container.ready', spec, timeoutMs: readyTimeoutMs, cause, after });
  return id;
}

/** The step that ends the start of a container. */
export function readyId({ name, applied }: ContainerSpec): string {
  return `container.${applied === 'finish' ? 'finish' : 'ready'} ${name}`;
}

function describeCheck(check: ContainerSpec['checks'][number]): string {
  return check.type === 'listen' ? `port ${check.port}` : (check.argv[0] ?? '');
}
