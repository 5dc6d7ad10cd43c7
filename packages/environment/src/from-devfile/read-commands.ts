import type {
  ApplyCommand as DevfileApply,
  CompositeCommand as DevfileComposite,
  ExecCommand as DevfileExec,
  DocumentPath,
} from '@devstead/devfile';
import type { ApplyCommand, Command, CompositeCommand, Container, ExecCommand } from '../types.ts';
import { readVariables } from './read-variables.ts';
import { readWorkingFolder } from './read-working-folder.ts';
import { originOfRule, type Reading } from './reading.ts';

/** The commands, in the devfile's order; one that is neither exec, apply nor composite is left to the devfile's rules. */
export function readCommands(reading: Reading, containers: readonly Container[]): readonly Command[] {
  return (reading.devfile.commands ?? []).flatMap((command, index): Command[] => {
    const { id, exec, apply, composite } = command;
    const at = ['commands', index];
    if (exec !== undefined) return [readExec(reading, id, exec, containers, at)];
    if (apply !== undefined) return [readApply(reading, id, apply, at)];
    if (composite !== undefined) return [readComposite(reading, id, composite, at)];
    return [];
  });
}

function readExec(
  reading: Reading,
  id: string,
  exec: DevfileExec,
  containers: readonly Container[],
  commandAt: DocumentPath,
): ExecCommand {
  const path = `commands.${id}`;
  const at = [...commandAt, 'exec'];
  const container = containers.find(({ name }) => name === exec.component);
  const workingDir = readWorkingFolder(reading, exec, container, path, at);
  reading.record(`${path}.container`, reading.originsAt([...at, 'component']));
  reading.record(`${path}.commandLine`, reading.originsAt([...at, 'commandLine']));
  return {
    ...readHeading(reading, id, exec, commandAt, 'exec'),
    type: 'exec',
    container: exec.component,
    commandLine: exec.commandLine,
    ...(workingDir === undefined ? {} : { workingDir }),
    env: readVariables(reading, exec.env ?? [], path, [...at, 'env'], container?.sources),
    hotReloadCapable: reading.take(
      `${path}.hotReloadCapable`,
      { at: [...at, 'hotReloadCapable'], value: exec.hotReloadCapable },
      { value: false, rule: 'hotReloadCapable is false unless said' },
    ),
  };
}

function readApply(reading: Reading, id: string, apply: DevfileApply, at: DocumentPath): ApplyCommand {
  reading.record(`commands.${id}.component`, reading.originsAt([...at, 'apply', 'component']));
  return { ...readHeading(reading, id, apply, at, 'apply'), type: 'apply', component: apply.component };
}

function readComposite(reading: Reading, id: string, composite: DevfileComposite, at: DocumentPath): CompositeCommand {
  const path = `commands.${id}`;
  return {
    ...readHeading(reading, id, composite, at, 'composite'),
    type: 'composite',
    commands: reading.take(
      `${path}.commands`,
      { at: [...at, 'composite', 'commands'], value: composite.commands },
      { value: [], rule: 'a composite command runs nothing unless said' },
    ),
    parallel: reading.take(
      `${path}.parallel`,
      { at: [...at, 'composite', 'parallel'], value: composite.parallel },
      { value: false, rule: 'parallel is false unless said' },
    ),
  };
}

/** What every command has: its id, the type, a label and a group. */
function readHeading(
  reading: Reading,
  id: string,
  { label, group }: Pick<DevfileApply, 'label' | 'group'>,
  commandAt: DocumentPath,
  type: Command['type'],
): Pick<Command, 'id' | 'label' | 'group'> {
  const path = `commands.${id}`;
  const at = [...commandAt, type];
  reading.record(`${path}.id`, reading.originsAt([...commandAt, 'id']));
  reading.record(`${path}.type`, [originOfRule(`the key ${type} makes the command's type`), ...reading.originsAt(at)]);
  if (label !== undefined) reading.record(`${path}.label`, reading.originsAt([...at, 'label']));
  if (group !== undefined) reading.record(`${path}.group.kind`, reading.originsAt([...at, 'group', 'kind']));
  return {
    id,
    ...(label === undefined ? {} : { label }),
    ...(group === undefined
      ? {}
      : {
          group: {
            kind: group.kind,
            isDefault: reading.take(
              `${path}.group.isDefault`,
              { at: [...at, 'group', 'isDefault'], value: group.isDefault },
              { value: false, rule: 'isDefault is false unless said' },
            ),
          },
        }),
  };
}
