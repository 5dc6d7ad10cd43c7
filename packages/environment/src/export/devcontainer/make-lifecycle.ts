import { type CommandTree, flattenCommand } from '../../expand-commands.ts';
import type { Command, Environment, Events, ExecCommand } from '../../types.ts';
import type { Losses } from '../losses.ts';
import { quoteForShell, toShellLine } from '../text/shell-line.ts';

interface Scope {
  readonly environment: Environment;
  readonly main: string;
  /** Hooks of a compose file have the commands of other containers, and those before the stop. */
  readonly hasHooks: boolean;
  readonly losses: Losses;
}

/**
 * `postStartCommand`: the commands of `preStart`, then of `postStart`, that run in the main container, one after the
 * other. Those that nothing binds are left to tasks.
 */
export function makeLifecycle({ environment, main, hasHooks, losses }: Scope): object {
  const { commands, events } = environment;
  const lines: string[] = [];
  const bound = new Set<string>();
  for (const event of ['preStart', 'postStart'] as const) {
    for (const id of events[event]) {
      const command = commands.find((one) => one.id === id);
      if (command === undefined) continue;
      bound.add(id);
      const line = command === undefined ? undefined : toLine(environment, command, main);
      if (line !== undefined) lines.push(line);
      else if (!isHook(command, main, event, hasHooks)) {
        losses.drop(
          `commands.${id}`,
          `Command ${id} does not run at the start: it is not one that runs in ${main} alone.`,
        );
      }
    }
  }
  for (const event of ['preStop', 'postStop'] as const) {
    for (const id of events[event]) {
      bound.add(id);
      const command = commands.find((one) => one.id === id);
      if (command === undefined || isHook(command, main, event, hasHooks)) continue;
      losses.drop(`events.${event}`, `Command ${id} does not run at the stop.`);
    }
  }
  for (const { id } of commands) {
    if (bound.has(id)) continue;
    losses.drop(`commands.${id}`, `Command ${id} has no place in devcontainer.json.`, {
      severity: 'info',
      hint: 'As a task of VS Code: devstead convert --to vscode.',
    });
  }
  return lines.length === 0 ? {} : { postStartCommand: lines.join(' && '), waitFor: 'postStartCommand' };
}

function isHook(command: Command, main: string, event: keyof Events, hasHooks: boolean): boolean {
  if (!hasHooks || command.type !== 'exec' || command.container === main) return false;
  return event === 'postStart' || event === 'preStop';
}

/** Undefined where it is not a sequence of commands of the main container. */
function toLine(environment: Environment, command: Command, main: string): string | undefined {
  const steps = listSequence(flattenCommand(environment, command));
  if (steps === undefined || steps.some(({ container }) => container !== main)) return undefined;
  // Each in a shell of its own: the folder of one is not that of the next.
  const lines = steps.map(toShellLine);
  return lines.length === 1 && lines[0] !== undefined
    ? `(${lines[0]})`
    : `sh -c ${quoteForShell(lines.map((line) => `(${line})`).join(' && '))}`;
}

function listSequence(tree: CommandTree): ExecCommand[] | undefined {
  if (tree.kind === 'step') return tree.command.type === 'exec' ? [tree.command] : undefined;
  if (tree.kind === 'parallel') return undefined;
  const members = tree.members.map(listSequence);
  return members.includes(undefined) ? undefined : members.flatMap((member) => member ?? []);
}
