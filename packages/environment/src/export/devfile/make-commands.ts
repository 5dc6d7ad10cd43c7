import type { Command as DevfileCommand, Events as DevfileEvents, Group } from '@devstead/devfile';
import type { Command, Environment, Events, ExecCommand } from '../../types.ts';
import type { Losses } from '../losses.ts';
import type { Naming } from './naming.ts';

interface MadeCommands {
  readonly commands: readonly DevfileCommand[];
  /** Ids in the model of those that are in the devfile. */
  readonly kept: ReadonlySet<string>;
}

/** The commands; those that name what is not in the devfile are left out, and said to be. */
export function makeCommands(environment: Environment, naming: Naming, losses: Losses): MadeCommands {
  const kept = findKept(environment);
  for (const { id } of environment.commands) {
    if (!kept.has(id)) losses.drop(`commands.${id}`, `Command ${id} names what is not in the devfile.`);
  }
  const commands = environment.commands.filter(({ id }) => kept.has(id)).map((command) => makeCommand(command, naming));
  return { commands, kept };
}

function findKept({ commands, containers }: Environment): ReadonlySet<string> {
  const present = new Set(containers.filter(({ service }) => service?.replicas !== 0).map(({ name }) => name));
  const kept = new Set(
    commands
      .filter(
        (command) =>
          command.type === 'composite' || present.has(command.type === 'exec' ? command.container : command.component),
      )
      .map(({ id }) => id),
  );
  // A composite goes when one of its members does, and takes those that name it along.
  for (let before = -1; before !== kept.size; ) {
    before = kept.size;
    for (const command of commands) {
      if (command.type === 'composite' && command.commands.some((id) => !kept.has(id))) kept.delete(command.id);
    }
  }
  return kept;
}

function makeCommand(command: Command, naming: Naming): DevfileCommand {
  const id = naming.command(command.id);
  const heading = makeHeading(command);
  if (command.type === 'exec') return { id, exec: { ...makeExec(command, naming), ...heading } };
  if (command.type === 'apply') return { id, apply: { component: naming.container(command.component), ...heading } };
  return {
    id,
    composite: {
      commands: command.commands.map((member) => naming.command(member)),
      ...(command.parallel ? { parallel: true } : {}),
      ...heading,
    },
  };
}

function makeExec(
  { container, commandLine, workingDir, env, hotReloadCapable }: ExecCommand,
  naming: Naming,
): NonNullable<DevfileCommand['exec']> {
  return {
    component: naming.container(container),
    commandLine,
    ...(workingDir === undefined ? {} : { workingDir }),
    ...(env.length === 0 ? {} : { env }),
    ...(hotReloadCapable ? { hotReloadCapable } : {}),
  };
}

function makeHeading({ label, group }: Command): { label?: string; group?: Group } {
  return {
    ...(label === undefined ? {} : { label }),
    ...(group === undefined ? {} : { group: { kind: group.kind, ...(group.isDefault ? { isDefault: true } : {}) } }),
  };
}

/** What is bound to events and is in the devfile. */
export function makeEvents({ events }: Environment, naming: Naming, kept: ReadonlySet<string>): DevfileEvents {
  const names = Object.keys(events) as (keyof Events)[];
  return Object.fromEntries(
    names.flatMap((event) => {
      const ids = events[event].filter((id) => kept.has(id)).map((id) => naming.command(id));
      return ids.length === 0 ? [] : [[event, ids]];
    }),
  );
}
