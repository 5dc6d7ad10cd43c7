import type {
  Artifact,
  Command,
  Container,
  Endpoint,
  Environment,
  EnvVariable,
  Project,
  Starter,
  VolumeMount,
} from './types.ts';

export type LeafValue = string | number | boolean | readonly string[];

/** One value of an environment and the path that names it; a list of strings is one value. */
export interface Leaf {
  readonly path: string;
  readonly value: LeafValue;
}

/**
 * Every value of the environment in the model's order, by the paths that `provenance` uses. Elements are addressed by
 * their name (`containers.redis.endpoints.redis.port`), variables by theirs (`containers.redis.env.REDIS_PASSWORD`).
 */
export function listLeaves(environment: Environment): readonly Leaf[] {
  return [
    { path: 'name', value: environment.name },
    ...leavesOf('source', environment.source),
    { path: 'network', value: environment.network },
    ...environment.containers.flatMap(leavesOfContainer),
    ...(environment.artifacts ?? []).flatMap((artifact: Artifact) => leavesOf(`artifacts.${artifact.name}`, artifact)),
    ...environment.volumes.flatMap((volume) => leavesOf(`volumes.${volume.name}`, volume)),
    ...environment.commands.flatMap(leavesOfCommand),
    ...leavesOf('events', environment.events),
    ...environment.projects.flatMap((project: Project) => leavesOf(`projects.${project.name}`, project)),
    ...environment.starters.flatMap((starter: Starter) => leavesOf(`starters.${starter.name}`, starter)),
  ];
}

/**
 * The address of each mount below its container's `mounts`: the volume's name, and for a further mount of the same
 * volume the name with its number (`cache#2`; no volume's name has a `#`).
 */
export function addressMounts<Mount extends Pick<VolumeMount, 'volume'>>(
  mounts: readonly Mount[],
): readonly { readonly address: string; readonly mount: Mount }[] {
  const seen = new Map<string, number>();
  return mounts.map((mount) => {
    const count = (seen.get(mount.volume) ?? 0) + 1;
    seen.set(mount.volume, count);
    return { address: count === 1 ? mount.volume : `${mount.volume}#${count}`, mount };
  });
}

function leavesOfContainer(container: Container): Leaf[] {
  const path = `containers.${container.name}`;
  const { env, mounts, endpoints, ...plain } = container;
  return [
    ...leavesOf(path, plain),
    ...leavesOfVariables(path, env),
    ...addressMounts(mounts).map(({ address, mount }) => ({
      path: `${path}.mounts.${address}.path`,
      value: mount.path,
    })),
    ...endpoints.flatMap((endpoint: Endpoint) => leavesOf(`${path}.endpoints.${endpoint.name}`, endpoint)),
  ];
}

function leavesOfCommand(command: Command): Leaf[] {
  const path = `commands.${command.id}`;
  if (command.type !== 'exec') return leavesOf(path, command);
  const { env, ...plain } = command;
  return [...leavesOf(path, plain), ...leavesOfVariables(path, env)];
}

function leavesOfVariables(path: string, env: readonly EnvVariable[]): Leaf[] {
  return env.map(({ name, value }) => ({ path: `${path}.env.${name}`, value }));
}

/** The leaves of an object whose only lists are lists of strings. */
function leavesOf(path: string, value: object): Leaf[] {
  return Object.entries(value).flatMap(([key, member]: [string, LeafValue | object]) =>
    typeof member === 'object' && !isStringList(member)
      ? leavesOf(`${path}.${key}`, member)
      : [{ path: `${path}.${key}`, value: member }],
  );
}

function isStringList(value: LeafValue | object): value is readonly string[] {
  return Array.isArray(value);
}
