import type { ApplyCommand, Artifact, Environment } from '@devstead/environment';
import type { ContainerSpec } from './container-spec.ts';
import { addOwnNetwork, addReady, addStart, type ContainerInput, findChange, readyId } from './container-steps.ts';
import type { StepList } from './step-list.ts';
import type { DockerfileStep } from './types.ts';

export interface ApplyInput extends ContainerInput {
  readonly environment: Environment;
  readonly specs: readonly ContainerSpec[];
  /**
   * For components that are images: the image of the local store that has the name, or that a recipe makes for it.
   * Absent where there is none.
   */
  readonly artifactImages?: Readonly<Record<string, string>>;
  /** Those of them that are built from a Dockerfile. */
  readonly artifactBuilds?: Readonly<Record<string, DockerfileStep>>;
}

/**
 * Plans what an apply command does: after the steps that come before it, and after others that must be done. Returns the
 * ids of the steps that end it, which are those before when it has none. What cannot be applied is a note.
 */
export function planApply(
  plan: StepList,
  input: ApplyInput,
  { id, component }: ApplyCommand,
  previous: readonly string[],
  after: readonly string[] = [],
): readonly string[] {
  const { environment, specs } = input;
  const spec = specs.find(({ name }) => name === component);
  if (spec?.applied !== undefined) return planContainer(plan, input, spec, previous, after);
  if (environment.containers.some(({ name }) => name === component)) {
    plan.notes.push(`${id} applies ${component}, which starts with the workspace`);
    return previous;
  }
  const artifact = environment.artifacts?.find(({ name }) => name === component);
  if (artifact?.kind === 'image') return planImage(plan, input, artifact, previous, true);
  const kind = artifact === undefined ? 'no container' : artifact.kind;
  plan.notes.push(`${id} applies ${component} (${kind}), which nothing here can do: it is left out`);
  return previous;
}

function planContainer(
  plan: StepList,
  input: ApplyInput,
  spec: ContainerSpec,
  previous: readonly string[],
  others: readonly string[],
): readonly string[] {
  const { observed } = input;
  const container = observed.isSandboxRunning ? observed.containers[spec.name] : undefined;
  const started = plan.known([readyId(spec)]);
  if (started.length > 0) return [...new Set([...previous, ...started])];
  const isRunning = container?.state === 'running';
  if (spec.applied === 'serve') {
    if (isRunning && findChange(spec, container, input) === undefined) return previous;
    const isSupervised = observed.isSupervised || plan.idsOf('ports.publish').length > 0;
    if (container?.state === 'exited' && isSupervised) {
      const code = container.exitCode ?? 'unknown';
      plan.notes.push(`${spec.name} ended with code ${code} and is started again by itself`);
      return previous;
    }
  }
  if (isRunning && plan.known([`container.stop ${spec.name}`]).length === 0) {
    const cause = 'it is applied anew';
    const after = plan.known([...others, ...previous]);
    plan.add({ id: `container.stop ${spec.name}`, kind: 'container.stop', container: spec.name, cause, after });
  }
  addOwnNetwork(plan, input, spec);
  addStart(plan, input, spec, [...others, ...previous]);
  return [addReady(plan, input, spec)];
}

/**
 * Builds an image from its Dockerfile, or by the recipe that stands for it, unless it is there. A command that applies it
 * (`isAsked`) has the Dockerfile looked at anew.
 */
export function planImage(
  plan: StepList,
  input: Pick<ApplyInput, 'observed' | 'staleImages' | 'artifactImages' | 'artifactBuilds'>,
  { name, imageName = '' }: Artifact,
  previous: readonly string[],
  isAsked = false,
): readonly string[] {
  const { observed, staleImages, artifactImages = {}, artifactBuilds = {} } = input;
  const dockerfile = artifactBuilds[name];
  const image = artifactImages[name];
  if (image === undefined) {
    plan.notes.push(
      `the image ${imageName} (component ${name}) is not built: it has no Dockerfile beside the devfile, and no image or recipe has its name`,
    );
    return previous;
  }
  const id = `image.build ${image}`;
  const isThere = observed.images[image] !== undefined && !staleImages.includes(image);
  if (isThere && !(isAsked && dockerfile !== undefined)) return previous;
  if (plan.known([id]).length === 0) {
    const cause = `component ${name} asks for it`;
    const after = plan.known(['remains.remove', ...previous]);
    plan.add({ id, kind: 'image.build', image, cause, after, ...(dockerfile === undefined ? {} : { dockerfile }) });
  }
  return [...new Set([...previous, id])];
}
