import type { ContainerContext } from './container-context.ts';

/** What containers, networks and volumes of a workspace are known by; the engine keeps it, so any process finds them. */
export const labels = {
  /** The prefix of the workspace. */
  workspace: 'dev.devstead.workspace',
  /** The container's, the network's or the volume's own name in the workspace. */
  name: 'dev.devstead.name',
  /** `hub` or `container`. */
  role: 'dev.devstead.role',
  specHash: 'dev.devstead.spec',
  image: 'dev.devstead.image',
  /** The prefix of the workspace, of a container from which one of its volumes is worked on. */
  room: 'dev.devstead.room',
} as const;

/** Finds what bears the label of a workspace. */
export function workspaceFilter({ prefix }: Pick<ContainerContext, 'prefix'>): { readonly filters: string } {
  return { filters: JSON.stringify({ label: [`${labels.workspace}=${prefix}`] }) };
}

export function containerName({ prefix }: ContainerContext, name: string): string {
  return `${prefix}-${name}`;
}

/** No container of an environment has a name with a dot in front. */
export function hubName({ prefix }: ContainerContext): string {
  return `${prefix}.hub`;
}

export function volumeName({ prefix }: Pick<ContainerContext, 'prefix'>, volume: string): string {
  return `${prefix}-${volume}`;
}

/** The network that all meet in; another is one of a compose project. */
export function networkName({ prefix }: ContainerContext, network?: string): string {
  return network === undefined ? prefix : `${prefix}-${network}`;
}

/** An image of the store at the engine: its name has the digest, so that another one is another name. */
export function imageTag(name: string, digest: string): string {
  return `localhost/devstead/${name}:${digest.replace('sha256:', '').slice(0, 16)}`;
}

/** The changes of a container, kept while it is made anew. */
export function layerTag({ prefix }: ContainerContext, name: string): string {
  return `localhost/devstead-layer/${prefix}-${name}:latest`;
}
