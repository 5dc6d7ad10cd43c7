import { findRepeated, type Problem } from '../../problem.ts';
import type { DocumentPath } from '../../types.ts';
import type { Action1, Command1, Devfile1 } from '../types.ts';

/** Names of commands, their one action, and the components they name (devfile-v1-che 2.1 and 2.2). */
export function checkCommands1({ components = [], commands = [] }: Devfile1): Problem[] {
  const aliases = components.flatMap(({ alias }) => (alias === undefined ? [] : [alias]));
  const known = { aliases, isKnown: (alias: string) => aliasSet.has(alias) };
  const aliasSet = new Set(aliases);
  return [
    ...findRepeated(commands, ({ name }) => name).map(
      ({ index, key }): Problem => ({
        code: 'devfile.duplicate-command',
        severity: 'error',
        path: ['commands', index, 'name'],
        message: `there is already a command ${key}`,
      }),
    ),
    ...commands.flatMap((command, index) => checkActions(command, ['commands', index], known)),
  ];
}

interface Known {
  readonly aliases: readonly string[];
  readonly isKnown: (alias: string) => boolean;
}

function checkActions({ name, actions }: Command1, path: DocumentPath, known: Known): Problem[] {
  const actionsAt = [...path, 'actions'];
  if (actions.length !== 1) {
    const message =
      actions.length === 0 ? `command ${name} has no action` : `command ${name} has ${actions.length} actions`;
    return [{ code: 'devfile.command-actions', severity: 'error', path: actionsAt, at: 'key', message }];
  }
  return actions.flatMap((action, index) => checkAction(name, action, [...actionsAt, index], known));
}

function checkAction(command: string, action: Action1, path: DocumentPath, { aliases, isKnown }: Known): Problem[] {
  const { type, component, reference, referenceContent } = action;
  const missing = (field: string): Problem => ({
    code: 'devfile.schema-missing-field',
    severity: 'error',
    path,
    at: 'key',
    message: `the action of command ${command} needs the field ${field}`,
  });
  const hasDefinition = reference !== undefined || referenceContent !== undefined;
  const needed = (['component', 'command'] as const).filter((field) => action[field] === undefined);
  const problems = type === 'exec' || !hasDefinition ? needed.map(missing) : [];
  if (component === undefined || isKnown(component)) return problems;
  return [
    ...problems,
    {
      code: 'devfile.unknown-component',
      severity: 'error',
      path: [...path, 'component'],
      message: `command ${command} names the component ${component}, and there is none with that alias`,
      misspelt: { written: component, known: aliases },
    },
  ];
}
