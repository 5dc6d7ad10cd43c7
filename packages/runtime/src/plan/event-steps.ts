import type { ApplyCommand, Environment, ExecCommand } from '@devstead/environment';
import { type CommandTree, eventCommands } from '@devstead/environment/commands';
import type { EventName, Step } from './types.ts';

export interface EventSteps {
  readonly steps: readonly Step[];
  /** Ids of the steps that end the event. */
  readonly last: readonly string[];
}

interface EventOptions {
  readonly event: EventName;
  /** Steps that must have ended before a command of the event begins. */
  readonly after: (command: ExecCommand) => readonly string[];
  /** A command that cannot run, for example because its container is gone, is left out. */
  readonly isRunnable: (command: ExecCommand) => boolean;
  /** The plan goes on when a command fails. */
  readonly isBestEffort: boolean;
  /** Takes each step as it comes, for plans that have others between them; default: they are returned. */
  readonly add?: (step: Step) => void;
  /**
   * Plans what a command applies, after the steps before it; returns the ids of the steps that the next one waits for.
   * Default: nothing.
   */
  readonly apply?: (command: ApplyCommand, previous: readonly string[]) => readonly string[];
}

/**
 * The commands of an event as steps: in the order of the event's list, composites one after the other or at once as
 * they say.
 */
export function planEventSteps(environment: Environment, options: EventOptions): EventSteps {
  const steps: Step[] = [];
  const add = options.add ?? ((step: Step) => void steps.push(step));
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
      return options.apply?.(command, previous) ?? previous;
    }
    if (!options.isRunnable(command)) return previous;
    count += 1;
    const id = `command.run ${options.event} ${count} ${command.id}`;
    add({
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
  return { steps, last };
}
