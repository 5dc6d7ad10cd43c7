import type {
  Command,
  Component,
  Converted,
  Devfile,
  DocumentPath,
  Origin,
  PluginContainer,
  ResolvedPlugin,
} from '@devstead/devfile';
import type { ExpandedDevfile } from './expand-devfile.ts';
import type { VolumeTraits } from './expansion.ts';

interface Completed {
  readonly devfile: Devfile;
  readonly originsOf: (path: DocumentPath) => readonly Origin[];
}

/**
 * Adds to a converted devfile what 1.0.0 has no words for, and 2.x has: what volumes are, containers that run to their end
 * before the others start or once when these are ready, and the commands of plugins.
 */
export function completeDevfile(
  { devfile, containers, volumes, originsOf }: Converted,
  { expansion, pluginContainers }: ExpandedDevfile,
  plugins: readonly ResolvedPlugin[],
): Completed {
  const traits = new Map(
    [...expansion.volumes].flatMap(([name, one]): [string, VolumeTraits][] => {
      const given = volumes.get(name);
      return given === undefined ? [] : [[given, one]];
    }),
  );
  const components = (devfile.components ?? []).map((component) => completeVolume(component, traits));
  const commands: Command[] = [...(devfile.commands ?? [])];
  const added = new Map<number, readonly Origin[]>();
  const add = (wanted: string, make: (id: string) => Command, origins: readonly Origin[]): string => {
    const id = freeId(commands, wanted);
    added.set(commands.length, origins);
    commands.push(make(id));
    return id;
  };
  const applyAll = (field: 'isFirst' | 'isOnce', ending: string): string[] =>
    expansion.components.flatMap(({ extras, originsOf: ownOrigins }, index) => {
      const name = containers.get(index);
      if (!extras[field] || name === undefined) return [];
      return [add(`${name}-${ending}`, (id) => ({ id, apply: { component: name } }), ownOrigins([]))];
    });
  const preStart = applyAll('isFirst', 'init');
  const postStart = applyAll('isOnce', 'job');
  const events = {
    ...(preStart.length === 0 ? {} : { preStart }),
    ...(postStart.length === 0 ? {} : { postStart }),
  };
  for (const [place, { meta }] of plugins.entries()) {
    for (const [index, container] of (meta?.containers ?? []).entries()) {
      const name = pluginContainers[place]?.[index];
      const given = [...containers].find(([at]) => expansion.components[at]?.component.alias === name)?.[1];
      if (given === undefined) continue;
      for (const command of container.commands) {
        add(command.name, (id) => makeCommand(id, given, command), originsOf(['components']));
      }
    }
  }
  return {
    devfile: {
      ...devfile,
      ...(components.length === 0 ? {} : { components }),
      ...(commands.length === 0 ? {} : { commands }),
      ...(Object.keys(events).length === 0 ? {} : { events }),
    },
    originsOf: (path) => {
      const [section, index] = path;
      if (section === 'commands' && typeof index === 'number') return added.get(index) ?? originsOf(path);
      if (section === 'events') return added.values().next().value ?? originsOf(path);
      const volume = section === 'components' && path[2] === 'volume' ? components[Number(index)] : undefined;
      const own = volume === undefined ? undefined : traits.get(volume.name);
      return own?.origins ?? originsOf(path);
    },
  };
}

function completeVolume(component: Component, traits: ReadonlyMap<string, VolumeTraits>): Component {
  const own = component.volume === undefined ? undefined : traits.get(component.name);
  if (own === undefined) return component;
  const { isEphemeral, size } = own;
  return {
    ...component,
    volume: { ...(isEphemeral ? { ephemeral: true } : {}), ...(size === undefined ? {} : { size }) },
  };
}

function makeCommand(
  id: string,
  component: string,
  { command, workingDir, name }: PluginContainer['commands'][number],
): Command {
  const commandLine = command.map(quote).join(' ');
  return {
    id,
    exec: {
      component,
      commandLine,
      ...(id === name ? {} : { label: name }),
      ...(workingDir === undefined ? {} : { workingDir }),
    },
  };
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function freeId(commands: readonly Command[], wanted: string): string {
  const plain =
    wanted
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 60) || 'command';
  const isTaken = (id: string): boolean => commands.some((command) => command.id === id);
  let id = plain;
  for (let count = 2; isTaken(id); count++) id = `${plain}-${count}`;
  return id;
}
