import { present } from '../../from-compose/to-environment/read-values.ts';
import type { Container, Environment, FileObject, Network, Volume } from '../../types.ts';
import { reportDevfileExtras } from '../devfile-extras.ts';
import type { Losses } from '../losses.ts';
import { relativePath } from '../text/relative-path.ts';
import type { ExportSource } from '../types.ts';
import { makeHooks } from './make-hooks.ts';
import { makeService } from './make-service.ts';
import { makeSharedParts, type SharedNetwork } from './make-shared-parts.ts';
import { type ComposeScope, toMap } from './scope.ts';

/** A compose project as plain values, keys in the order they are written; `$` is not doubled yet. */
export type ComposeDocument = Readonly<Record<string, unknown>>;

interface ProjectOptions {
  /** The folder that the file is written to, relative to the environment's. */
  readonly place?: '.' | '.devcontainer';
  /** A container whose commands another file has, as well as what the project has no place for. */
  readonly attached?: string;
}

/**
 * An environment as a compose project. Containers that share a network get it from the first of them
 * (`network_mode: service:…`), so that `localhost` means to them what it meant.
 */
export function makeProject(
  source: ExportSource,
  losses: Losses,
  { place = '.', attached }: ProjectOptions = {},
): ComposeDocument {
  const { environment } = source;
  const scope: ComposeScope = {
    describesPorts: attached !== undefined,
    source,
    losses,
    writePath: (path) => writePath(source.folder, path, place),
  };
  const shared = findSharedNetwork(environment);
  const services = environment.containers.map((container) => {
    const own =
      container.service === undefined
        ? makeSharedParts(container, shared, scope)
        : makeService(container, container.service, scope);
    return [
      container.name,
      { ...own, ...(container.name === attached ? {} : makeHooks(environment, container.name)) },
    ] as const;
  });
  if (attached === undefined) reportCommands(environment, losses);
  reportProjects(environment, losses);
  if (source.devfile !== undefined) reportDevfileExtras(source, source.devfile, losses);
  return {
    name: toProjectName(environment, losses),
    services: Object.fromEntries(services),
    networks: mapParts(environment.networks ?? [], (network) => makeNetwork(network, environment.name)),
    volumes: mapParts(
      environment.volumes.filter(({ anonymous }) => anonymous !== true),
      (volume) => makeVolume(volume, environment.name, losses),
    ),
    secrets: mapParts(environment.secrets ?? [], (object) => makeFileObject(object, environment.name, scope)),
    configs: mapParts(environment.configs ?? [], (object) => makeFileObject(object, environment.name, scope)),
  };
}

function writePath(folder: string, path: string, place: '.' | '.devcontainer'): string {
  if (!path.startsWith('/')) return path;
  const isInside = path === folder || path.startsWith(`${folder}/`);
  if (!isInside) return path;
  const way = relativePath(place === '.' ? folder : `${folder}/${place}`, path);
  return way === '.' || way.startsWith('..') ? way : `./${way}`;
}

function mapParts<Part extends { readonly name: string }>(
  parts: readonly Part[],
  make: (part: Part) => object,
): object | undefined {
  return parts.length === 0 ? undefined : Object.fromEntries(parts.map((part) => [part.name, make(part)]));
}

/** Whose network the others have, and who they are. */
function findSharedNetwork({ containers }: Environment): SharedNetwork {
  const members = containers.filter(({ dedicated, service }) => !dedicated && service === undefined);
  const owner = members.find(({ appliedBy }) => appliedBy === undefined) ?? members[0];
  return {
    owner: owner?.name,
    members: members.map(({ name }: Container) => name),
    endpoints: members.flatMap(({ endpoints }) => endpoints),
  };
}

/** Compose takes lower-case letters, digits, `-` and `_`, first a letter or a digit. */
function toProjectName({ name }: Environment, losses: Losses): string {
  const plain =
    name
      .toLowerCase()
      .replace(/[^a-z0-9_-]+/g, '-')
      .replace(/^[-_]+/, '') || 'workspace';
  if (plain !== name) losses.rename('name', `The project is called ${plain}.`);
  return plain;
}

function makeNetwork({ name, fullName, internal, external, subnets, labels }: Network, project: string): object {
  return present({
    name: fullName === `${project}_${name}` ? undefined : fullName,
    internal: internal ? true : undefined,
    external: external ? true : undefined,
    ipam: subnets.length === 0 ? undefined : { config: subnets.map((subnet) => ({ subnet })) },
    labels: toMap(labels),
  });
}

function makeVolume(
  { name, fullName, external, labels, ephemeral, sizeBytes }: Volume,
  project: string,
  losses: Losses,
): object {
  if (ephemeral) {
    losses.change(`volumes.${name}.ephemeral`, `Volume ${name} is kept until \`docker compose down --volumes\`.`);
  }
  if (sizeBytes !== undefined)
    losses.drop(`volumes.${name}.sizeBytes`, `Volume ${name} has no size.`, { severity: 'info' });
  return present({
    name: fullName === undefined || fullName === `${project}_${name}` ? undefined : fullName,
    external,
    labels: toMap(labels ?? []),
  });
}

function makeFileObject(
  { name, fullName, external, file, variable, content }: FileObject,
  project: string,
  { writePath: write }: ComposeScope,
): object {
  return present({
    name: fullName === `${project}_${name}` ? undefined : fullName,
    external: external ? true : undefined,
    file: file === undefined ? undefined : write(file),
    environment: variable,
    content,
  });
}

/** Commands that are bound to the start and the stop of containers are hooks; others have no place. */
function reportCommands({ commands, events }: Environment, losses: Losses): void {
  const bound = new Set([...events.postStart, ...events.preStop]);
  for (const command of commands) {
    if (command.type === 'exec' && bound.has(command.id)) continue;
    const at = `commands.${command.id}`;
    if (command.type === 'exec') {
      losses.drop(at, `Command ${command.id} has no place in a compose project.`, {
        hint: `Run it by hand: docker compose exec ${command.container} sh -c '…'.`,
      });
    } else losses.drop(at, `Command ${command.id} (${command.type}) has no place in a compose project.`);
  }
  for (const event of ['preStart', 'postStop'] as const) {
    if (events[event].length > 0)
      losses.drop(`events.${event}`, `Nothing runs at ${event}: ${events[event].join(', ')}.`);
  }
}

function reportProjects({ projects, starters }: Environment, losses: Losses): void {
  const [first, ...others] = projects;
  if (first !== undefined) {
    losses.change(
      `projects.${first.name}`,
      `Project ${first.name} is not fetched: the folder of the compose file is taken for it.`,
    );
  }
  for (const { name } of others) losses.drop(`projects.${name}`, `Project ${name} is not fetched.`);
  for (const { name } of starters)
    losses.drop(`starters.${name}`, `Starter project ${name} has no place in a compose project.`, { severity: 'info' });
}
