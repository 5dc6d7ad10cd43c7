import { isMap } from '../../flatten/trace.ts';
import type { Attributes } from '../../types.ts';
import type { Command1 } from '../types.ts';
import type { Conversion } from './conversion.ts';
import { editorFiles } from './editor.ts';

interface PlacedCommand {
  readonly command: Command1;
  readonly index: number;
}

/** How the definitions of an action's type are joined: the file that editors read, and its list. */
const lists: Readonly<Record<string, { readonly file: string; readonly list: string; readonly version: string }>> = {
  'vscode-launch': { file: editorFiles.launch, list: 'configurations', version: '0.2.0' },
  'vscode-task': { file: editorFiles.tasks, list: 'tasks', version: '2.0.0' },
};

/**
 * Commands that are no commands of the later format, as attributes of the devfile: those with definitions in the files that
 * editors read, all others as they are written.
 */
export function convertEditorCommands(conversion: Conversion, commands: readonly PlacedCommand[]): Attributes {
  const joined = new Map<string, unknown[]>();
  const others: Command1[] = [];
  for (const { command, index } of commands) {
    const [action] = command.actions;
    const at = ['commands', index, 'actions', 0];
    const type = action?.type ?? '';
    const way = Object.hasOwn(lists, type) ? lists[type] : undefined;
    const text = action?.referenceContent ?? conversion.input.references.get(at.join('.'))?.text;
    const found = way === undefined || text === undefined ? undefined : readList(text, way.list);
    if (
      way !== undefined &&
      found !== undefined &&
      command.attributes === undefined &&
      command.previewUrl === undefined
    ) {
      joined.set(type, [...(joined.get(type) ?? []), ...found]);
      conversion.from(['attributes', way.file], at);
      conversion.change(
        'editor',
        ['commands', index],
        `the command ${command.name} is in the attribute ${way.file}, for editors`,
        'info',
      );
      continue;
    }
    others.push(command);
    conversion.from(['attributes', 'devfile1/commands'], ['commands']);
    if (type !== 'exec') {
      const message = `the command ${command.name} (${type}) is an attribute, which nothing runs`;
      conversion.change('editor', ['commands', index], message, 'info');
    }
  }
  const files = [...joined].map(([type, elements]): [string, string] => {
    const { file = '', list = '', version = '' } = lists[type] ?? {};
    return [file, `${JSON.stringify({ version, [list]: elements }, null, 2)}\n`];
  });
  return { ...Object.fromEntries(files), ...(others.length === 0 ? {} : { 'devfile1/commands': others }) };
}

/** The elements of a definition that has nothing beside its list and its version. */
function readList(text: string, list: string): readonly unknown[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isMap(value) || Object.keys(value).some((key) => key !== list && key !== 'version')) return undefined;
  const elements = value[list];
  return Array.isArray(elements) ? elements : undefined;
}
