import type { Component, Devfile } from '@devstead/devfile';
import { present } from '../../from-compose/to-environment/read-values.ts';
import type { Environment, Volume } from '../../types.ts';
import type { Losses } from '../losses.ts';
import { formatBytes } from '../text/amounts.ts';
import type { ExportedFile, ExportSource } from '../types.ts';
import { makeCommands, makeEvents } from './make-commands.ts';
import { makeContainer } from './make-container.ts';
import { makeImage } from './make-image.ts';
import { makeProject, makeStarter } from './make-projects.ts';
import { nameParts } from './naming.ts';
import { findPortOwners } from './port-owners.ts';

/** Since then devfiles have had everything the model has; older tools read no newer one. */
const schemaVersion = '2.2.2';

export interface MadeDevfile {
  readonly devfile: Devfile;
  /** What it refers to and nobody has yet. */
  readonly files: readonly ExportedFile[];
}

/** An environment as a devfile 2.x. What it cannot hold is reported. */
export function makeDevfile(source: ExportSource, losses: Losses): MadeDevfile {
  const { environment } = source;
  const { containers, volumes, projects, starters } = environment;
  const naming = nameParts(environment, losses);
  const owners = findPortOwners(environment);
  const files: ExportedFile[] = [];
  const extra: Component[] = [];
  const addComponent = (wanted: string, component: Omit<Component, 'name'>): string => {
    const name = naming.components.take(wanted);
    extra.push({ name, ...component });
    return name;
  };
  const made = containers.flatMap((container) => {
    if (container.service?.replicas === 0) {
      losses.drop(`containers.${container.name}`, `Service ${container.name} has no containers (scale 0).`);
      return [];
    }
    const image = makeImage(container, source, losses);
    if (image !== undefined) {
      addComponent(`${container.name}-image`, { image: image.component });
      files.push(...image.files);
    }
    return [makeContainer(container, { source, losses, naming, owners, addComponent })];
  });
  reportNetwork(environment, losses);
  reportResources(environment, losses);
  const { commands, kept } = makeCommands(environment, naming, losses);
  const events = makeEvents(environment, naming, kept);
  const chosen = starters.find(({ isChosen }) => isChosen);
  const devfile: Devfile = {
    schemaVersion,
    metadata: { name: environment.name },
    ...present({
      attributes: chosen === undefined ? undefined : { 'controller.devfile.io/use-starter-project': chosen.name },
      components: listOrNone([
        ...made,
        ...volumes.map((volume) => makeVolume(volume, naming.volume, losses)),
        ...extra,
      ]),
      commands: listOrNone(commands),
      projects: listOrNone(projects.map(makeProject)),
      starterProjects: listOrNone(starters.map(makeStarter)),
      events: Object.keys(events).length === 0 ? undefined : events,
    }),
  };
  return { devfile, files };
}

function listOrNone<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

function makeVolume(volume: Volume, rename: (name: string) => string, losses: Losses): Component {
  const { name, sizeBytes, ephemeral, external, labels } = volume;
  const path = `volumes.${name}`;
  if (external === true) {
    losses.drop(`${path}.external`, `Volume ${name} is somebody else's; the devfile has a new one, which is empty.`);
  }
  if (labels !== undefined) losses.drop(`${path}.labels`, `Volume ${name} has labels.`, { severity: 'info' });
  return {
    name: rename(name),
    volume: present({
      size: sizeBytes === undefined ? undefined : formatBytes(sizeBytes),
      ephemeral: ephemeral ? true : undefined,
    }),
  };
}

/** Services meet in networks; containers of a devfile share one. */
function reportNetwork({ network, containers, networks = [] }: Environment, losses: Losses): void {
  if (network === 'shared') return;
  if (containers.length > 1) {
    losses.change(
      `containers.${containers[1]?.name}`,
      'Containers of a devfile share one network and one localhost; on a cluster they are not reached by their names.',
      { severity: 'info', hint: 'Devstead lets every container be reached by its name.' },
    );
  }
  for (const { name, internal, external } of networks) {
    if (internal)
      losses.drop(`networks.${name}.internal`, `Nothing keeps containers of network ${name} from the internet.`);
    if (external) losses.drop(`networks.${name}.external`, `Network ${name} of other projects is not joined.`);
    if (name !== 'default' && !internal && !external) {
      losses.drop(`networks.${name}`, `Network ${name} does not keep its services apart from others.`, {
        severity: 'info',
      });
    }
  }
}

/** What only services use; whoever mounts it is told beside it. */
function reportResources({ secrets = [], configs = [], artifacts = [] }: Environment, losses: Losses): void {
  for (const { name } of secrets) losses.drop(`secrets.${name}`, `Secret ${name} has no place in a devfile.`);
  for (const { name } of configs) losses.drop(`configs.${name}`, `Config ${name} has no place in a devfile.`);
  for (const { name, kind } of artifacts) {
    losses.drop(`artifacts.${name}`, `Component ${name} (${kind}) is known by its name alone.`);
  }
}
