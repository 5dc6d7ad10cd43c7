import type { Attributes, Command, DocumentPath } from '../../types.ts';
import type { Action1, Command1 } from '../types.ts';
import type { Conversion } from './conversion.ts';
import { convertEditorCommands } from './editor-commands.ts';
import { renameProjectsRoot } from './projects-root.ts';

interface ConvertedCommands {
  readonly commands: readonly Command[];
  /** Of the devfile: what is for an editor, and what nothing runs. */
  readonly attributes: Attributes;
}

/** The commands: `exec` ones stay commands, the others are attributes, for the editors that know them. */
export function convertCommands(conversion: Conversion): ConvertedCommands {
  const { commands = [] } = conversion.input.devfile;
  const made: Command[] = [];
  const left: { readonly command: Command1; readonly index: number }[] = [];
  for (const [index, command] of commands.entries()) {
    const [action] = command.actions;
    if (action?.type !== 'exec') {
      left.push({ command, index });
      continue;
    }
    const container = findContainer(conversion, command, action, ['commands', index, 'actions', 0, 'component']);
    if (container === undefined) left.push({ command, index });
    else made.push(convertExec(conversion, { command, action, container, index, place: made.length }));
  }
  return { commands: made, attributes: convertEditorCommands(conversion, left) };
}

/** The container of the component that is named, or, for one that has none there, the first container of the devfile. */
function findContainer(
  conversion: Conversion,
  { name }: Command1,
  { component }: Action1,
  at: DocumentPath,
): string | undefined {
  const { components = [] } = conversion.input.devfile;
  const index = components.findIndex(({ alias }) => alias === component);
  const own = conversion.containers.get(index);
  if (own !== undefined) return own;
  const [first] = conversion.containers.values();
  const type = components[index]?.type;
  const reason = type === undefined ? `${component} has no container` : `${component} is a ${type}`;
  if (first === undefined) {
    const message = `the command ${name} is an attribute: ${reason}, and there is no container to run it in`;
    conversion.drop('command', at, message);
    return undefined;
  }
  conversion.change('command', at, `the command ${name} runs in ${first}: ${reason}`);
  return first;
}

interface Exec {
  readonly command: Command1;
  readonly action: Action1;
  readonly container: string;
  readonly index: number;
  /** Its index in the result. */
  readonly place: number;
}

function convertExec(conversion: Conversion, { command, action, container, index, place }: Exec): Command {
  const at: DocumentPath = ['commands', index];
  const path = ['commands', place];
  const below = [...path, 'exec'];
  const id = conversion.names.commands.take(command.name);
  const { attributes = {}, previewUrl } = command;
  const kept = { ...attributes, ...(previewUrl === undefined ? {} : { previewUrl }) };
  conversion.from(path, at);
  conversion.from([...path, 'id'], [...at, 'name']);
  conversion.from(below, [...at, 'actions', 0]);
  conversion.from([...below, 'commandLine'], [...at, 'actions', 0, 'command']);
  conversion.from([...below, 'workingDir'], [...at, 'actions', 0, 'workdir']);
  conversion.from([...below, 'label'], [...at, 'name']);
  return {
    id,
    ...(Object.keys(kept).length === 0 ? {} : { attributes: kept }),
    exec: {
      ...(id === command.name ? {} : { label: command.name }),
      component: container,
      commandLine: renameProjectsRoot(action.command ?? ''),
      ...(action.workdir === undefined ? {} : { workingDir: renameProjectsRoot(action.workdir) }),
    },
  };
}
