import type { Environment, ExecCommand } from '@devstead/environment';
import { type CommandTree, eventCommands } from '@devstead/environment/commands';
import type { EventName, Step } from './types.ts';

export interface EventSteps {
  readonly steps: readonly Step[];
  /** Ids of the steps that end the event. */
  readonly last: readonly string[];
  /** What the event names but is not run. */
  readonly notes: readonly string[];
}

interface EventOptions {
  readonly event: EventName;
  /** Steps that must have ended before a command of the event begins. */
  readonly after: (command: ExecCommand) => readonly string[];
  /** A command that cannot run, for example because its container is gone, is left out. */
  readonly isRunnable: (command: ExecCommand) => boolean;
  /** The plan goes on when a command fails. */
  readonly isBestEffort: boolean;
}

/**
 * The commands of an event as steps: in the order of the event's list, composites one after the other or at once as
 * they say.
 */
export function planEventSteps(environment: Environment, options: EventOptions): EventSteps {
  const steps: Step[] = [];
  const notes: string[] = [];
  let count = 0;
  const walk = (tree: CommandTree, previous: readonly string[]): readonly string[] => {
    switch (tree.kind) {
      case 'sequence':
        return tree.members.reduce((before, member) => walk(member, before), previous);
      case 'parallel':
        return [...new Set(tree.members.flatMap((member) => walk(member, previous)))];
      case 'step':
        return addStep(tree.command, previous);
    }
  };
  const addStep = (
    command: Extract<CommandTree, { kind: 'step' }>['command'],
    previous: readonly string[],
  ): readonly string[] => {
    if (command.type === 'apply') {
      notes.push(
        `${options.event}: ${command.id} applies ${command.component}, which runs with the workspace as it is`,
      );
      return previous;
    }
    if (!options.isRunnable(command)) return previous;
    count += 1;
    const id = `command.run ${options.event} ${count} ${command.id}`;
    steps.push({
      id,
      kind: 'command.run',
      command,
      event: options.event,
      isBestEffort: options.isBestEffort,
      cause: `${options.event} names it`,
      after: [...new Set([...options.after(command), ...previous])],
    });
    return [id];
  };
  const last = eventCommands(environment, options.event).reduce<readonly string[]>(
    (previous, { tree }) => walk(tree, previous),
    [],
  );
  return { steps, last, notes };
}
