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
    ...leavesOfItems('networks', environment.networks ?? []),
    ...leavesOfItems('secrets', environment.secrets ?? []),
    ...leavesOfItems('configs', environment.configs ?? []),
    ...environment.commands.flatMap(leavesOfCommand),
    ...leavesOf('events', environment.events),
    ...environment.projects.flatMap((project: Project) => leavesOf(`projects.${project.name}`, project)),
    ...environment.starters.flatMap((starter: Starter) => leavesOf(`starters.${starter.name}`, starter)),
    ...leavesOf('editor', environment.editor ?? {}),
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
    ...leavesOf(path, plain).filter(
      ({ path: leaf, value }) => !leaf.startsWith(`${path}.service.`) || !isEmptyList(value),
    ),
    ...leavesOfVariables(path, env),
    ...addressMounts(mounts).flatMap(({ address, mount: { volume: _volume, ...mount } }) =>
      leavesOf(`${path}.mounts.${address}`, mount),
    ),
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

function leavesOf(path: string, value: object): Leaf[] {
  return Object.entries(value).flatMap(([key, member]: [string, LeafValue | object]) => {
    const below = `${path}.${key}`;
    if (typeof member !== 'object' || isStringList(member)) return [{ path: below, value: member }];
    return Array.isArray(member) ? leavesOfItems(below, member) : leavesOf(below, member);
  });
}

/** Items by what names them; a second one of the same name has its number, as mounts have. */
function leavesOfItems(path: string, items: readonly object[]): Leaf[] {
  const seen = new Map<string, number>();
  return items.flatMap((item) => {
    const name = nameItem(item);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const below = `${path}.${count === 1 ? name : `${name}#${count}`}`;
    const keys = Object.keys(item);
    const isVariable = keys.length === 2 && 'name' in item && 'value' in item;
    return isVariable ? [{ path: below, value: String(item.value) }] : leavesOf(below, item);
  });
}

const namingKeys = ['name', 'service', 'network', 'host', 'path', 'target', 'kind'];

/** What an item of a list is called: the first of its naming fields. */
function nameItem(item: object): string {
  const values: Readonly<Record<string, unknown>> = { ...item };
  const key = namingKeys.find((candidate) => values[candidate] !== undefined);
  return key === undefined ? '' : String(values[key]);
}

/** What a service does not ask for is no value of it. */
function isEmptyList(value: LeafValue): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isStringList(value: LeafValue | object): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
