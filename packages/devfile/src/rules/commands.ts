import { findRepeated, type Problem, type Rule } from '../problem.ts';
import type { Command, Component } from '../types.ts';
import { openCommandGraph } from './command-graph.ts';

interface Known {
  readonly components: ReadonlyMap<string, Component>;
  readonly names: readonly string[];
}

/** Ids of commands, the components they name, and composites. */
export const checkCommands: Rule = ({ components = [], commands = [] }) => {
  const byName = new Map(components.map((component) => [component.name, component]));
  // One list for all problems: there may be as many of them as there are names.
  const known: Known = { components: byName, names: [...byName.keys()] };
  return [
    ...findRepeated(commands, ({ id }) => id).map(
      ({ index, key }): Problem => ({
        code: 'devfile.duplicate-command',
        severity: 'error',
        path: ['commands', index, 'id'],
        message: `there is already a command ${key}`,
      }),
    ),
    ...commands.flatMap((command, index) => [...checkKind(command, index), ...checkComponent(command, index, known)]),
    ...checkComposites(commands),
  ];
};

function checkKind(command: Command, index: number): Problem[] {
  if (command.exec === undefined && command.apply === undefined && command.composite === undefined) {
    const message = `command ${command.id} is for an editor only and cannot be run`;
    return [{ code: 'devfile.unsupported-command', severity: 'error', path: ['commands', index], at: 'key', message }];
  }
  if (command.exec !== undefined && command.exec.commandLine.trim() === '') {
    const path = ['commands', index, 'exec', 'commandLine'];
    const message = `command ${command.id} has nothing to run`;
    return [{ code: 'devfile.empty-command-line', severity: 'warning', path, message }];
  }
  return [];
}

function checkComponent(command: Command, index: number, { components, names }: Known): Problem[] {
  const kind = command.exec === undefined ? 'apply' : 'exec';
  const name = command[kind]?.component;
  if (name === undefined) return [];
  const component = components.get(name);
  const base = { severity: 'error', path: ['commands', index, kind, 'component'] } as const;
  if (component === undefined) {
    return [
      {
        ...base,
        code: 'devfile.unknown-component',
        message: `command ${command.id} names the component ${name}, and there is none of that name`,
        misspelt: { written: name, known: names },
      },
    ];
  }
  const isContainer = component.container !== undefined;
  const isApplicable = isContainer || [component.image, component.kubernetes, component.openshift].some(Boolean);
  if (kind === 'exec' ? isContainer : isApplicable) return [];
  const message =
    kind === 'exec'
      ? `command ${command.id} runs in ${name}, which is no container`
      : `command ${command.id} applies ${name}, which cannot be applied`;
  return [{ ...base, code: 'devfile.wrong-component', message }];
}

function checkComposites(commands: readonly Command[]): Problem[] {
  const graph = openCommandGraph(commands);
  return commands.flatMap((command, index) =>
    (command.composite?.commands ?? []).flatMap((name, nameIndex): Problem[] => {
      const base = { severity: 'error', path: ['commands', index, 'composite', 'commands', nameIndex] } as const;
      if (!graph.commands.has(name)) {
        const message = `command ${command.id} names the command ${name}, and there is none of that id`;
        return [
          { ...base, code: 'devfile.unknown-subcommand', message, misspelt: { written: name, known: graph.ids } },
        ];
      }
      if (!graph.cyclic.has(command.id) || !graph.cyclic.has(name)) return [];
      const message =
        name === command.id
          ? `command ${command.id} contains itself`
          : `command ${command.id} contains ${name}, which leads back to ${command.id}`;
      return [{ ...base, code: 'devfile.composite-cycle', message }];
    }),
  );
}
