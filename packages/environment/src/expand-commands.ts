import { AppError, findNearNames } from '@devstead/kit';
import type { ApplyCommand, Command, Environment, Events, ExecCommand, GroupKind } from './types.ts';

/** A command with its members: `sequence` runs them one after the other, `parallel` at once. */
export type CommandTree =
  | { readonly kind: 'step'; readonly command: ExecCommand | ApplyCommand }
  | { readonly kind: 'sequence' | 'parallel'; readonly id: string; readonly members: readonly CommandTree[] };

export interface ResolvedCommand {
  /** The command that was meant. */
  readonly command: Command;
  readonly tree: CommandTree;
  /** The tree's steps, from first to last. */
  readonly commands: readonly (ExecCommand | ApplyCommand)[];
}

/** More steps than any person wrote: composites that name composites twice over would double without end. */
const maxSteps = 1000;

const groupKinds: readonly string[] = ['build', 'run', 'test', 'debug', 'deploy'] satisfies readonly GroupKind[];

/**
 * The command that `devstead run NAME` means: the one of that id, else the group's default (`run test`), which is its
 * only member where it has one, else the one with that label (`"1. Build"`, the name in a devfile 1.0.0). Throws UNKNOWN_COMMAND, with the names to choose from.
 */
export function resolveCommand(environment: Environment, nameOrGroup: string): ResolvedCommand {
  return expandCommand(
    environment,
    findCommand(environment, nameOrGroup) ??
      findLabelled(environment, nameOrGroup) ??
      findGroupDefault(environment, nameOrGroup),
  );
}

/**
 * The commands bound to an event, in order, each with its tree. Throws UNKNOWN_COMMAND for an id that no command has.
 */
export function eventCommands(environment: Environment, event: keyof Events): readonly ResolvedCommand[] {
  return environment.events[event].map((id) =>
    expandCommand(environment, findCommand(environment, id) ?? rejectName(environment, id)),
  );
}

/**
 * A command as the tree of what it runs. Throws DEVFILE_INVALID when a composite contains itself or has more than
 * 1000 steps, and UNKNOWN_COMMAND when it names a command that is not there.
 */
export function flattenCommand(environment: Environment, command: Command): CommandTree {
  const byId = new Map(environment.commands.map((candidate) => [candidate.id, candidate]));
  let count = 0;
  const expand = (current: Command, within: readonly string[]): CommandTree => {
    count += 1;
    if (count > maxSteps) {
      throw new AppError('DEVFILE_INVALID', `Command "${command.id}" comes to more than ${maxSteps} steps.`);
    }
    if (current.type !== 'composite') return { kind: 'step', command: current };
    if (within.includes(current.id)) {
      throw new AppError('DEVFILE_INVALID', `Command "${current.id}" contains itself.`, {
        details: [[...within, current.id].join(' -> ')],
      });
    }
    const path = [...within, current.id];
    return {
      kind: current.parallel ? 'parallel' : 'sequence',
      id: current.id,
      members: current.commands.map((id) => expand(byId.get(id) ?? rejectName(environment, id), path)),
    };
  };
  return expand(command, []);
}

function expandCommand(environment: Environment, command: Command): ResolvedCommand {
  const tree = flattenCommand(environment, command);
  return { command, tree, commands: listSteps(tree) };
}

/** The steps of a tree, from first to last; those of a parallel command in the order written. */
function listSteps(tree: CommandTree): readonly (ExecCommand | ApplyCommand)[] {
  return tree.kind === 'step' ? [tree.command] : tree.members.flatMap(listSteps);
}

function findCommand(environment: Environment, id: string): Command | undefined {
  return environment.commands.find((command) => command.id === id);
}

/** The only command with a label, where no group is called so. */
function findLabelled(environment: Environment, label: string): Command | undefined {
  const isGroup = environment.commands.some(({ group }) => group?.kind === label);
  const [found, ...others] = environment.commands.filter((command) => command.label === label);
  return isGroup || others.length > 0 ? undefined : found;
}

function findGroupDefault(environment: Environment, group: string): Command {
  const members = environment.commands.filter((command) => command.group?.kind === group);
  const [first, ...others] = members;
  const chosen = members.find((command) => command.group?.isDefault) ?? (others.length === 0 ? first : undefined);
  if (chosen !== undefined) return chosen;
  if (first === undefined) return rejectName(environment, group);
  throw new AppError('UNKNOWN_COMMAND', `Group "${group}" has several commands and no default.`, {
    hint: `Name one of them: ${members.map(({ id }) => id).join(', ')}.`,
  });
}

function rejectName(environment: Environment, name: string): never {
  const ids = environment.commands.map(({ id }) => id);
  const near = findNearNames(name, [...ids, ...groupKinds]);
  const choice = ids.length === 0 ? 'The environment has no commands.' : `The commands are: ${ids.join(', ')}.`;
  throw new AppError('UNKNOWN_COMMAND', `There is no command "${name}".`, {
    hint: near.length === 0 ? choice : `Did you mean ${near.join(' or ')}? ${choice}`,
  });
}
