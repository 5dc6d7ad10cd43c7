import type { ResolvedPlugin } from '@devstead/devfile';
import type { EditorCommand, EditorPart, EditorSettings } from '../types.ts';
import type { SoundDevfile1 } from './types.ts';

/** What a devfile says to an editor: which one it is, its plugins with their preferences, and the commands it alone knows. */
export function readEditor(
  { devfile, plugins, references }: SoundDevfile1,
  containers: readonly (readonly string[])[],
): EditorSettings {
  const parts = plugins.map((plugin, index) => ({ plugin, part: readPart(plugin, containers[index] ?? [], devfile) }));
  const editor = parts.find(({ plugin }) => plugin.kind === 'editor')?.part;
  const commands = (devfile.commands ?? []).flatMap(({ name, actions }, index): EditorCommand[] => {
    const [action] = actions;
    if (action === undefined || action.type === 'exec') return [];
    const definition = action.referenceContent ?? references.get(`commands.${index}.actions.0`)?.text;
    return [{ name, type: action.type, ...(definition === undefined ? {} : { definition }) }];
  });
  return {
    ...(editor === undefined ? {} : { editor }),
    plugins: parts.flatMap(({ plugin, part }) => (plugin.kind === 'plugin' ? [part] : [])),
    commands,
  };
}

function readPart(
  { id, meta, component }: ResolvedPlugin,
  containers: readonly string[],
  { components = [] }: SoundDevfile1['devfile'],
): EditorPart {
  const preferences = component === undefined ? undefined : components[component]?.preferences;
  const entries = Object.entries(preferences ?? {});
  return {
    name: id,
    isKnown: meta !== undefined,
    ...(meta?.displayName === undefined ? {} : { displayName: meta.displayName }),
    containers,
    ...(meta === undefined || meta.extensions.length === 0 ? {} : { extensions: meta.extensions }),
    ...(entries.length === 0
      ? {}
      : {
          preferences: entries.map(([name, value]) => ({
            name,
            value: typeof value === 'string' ? value : JSON.stringify(value),
          })),
        }),
  };
}
