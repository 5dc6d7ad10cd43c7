import type { DocumentPath } from '../../types.ts';
import type { Component1 } from '../types.ts';
import type { Conversion } from './conversion.ts';

/** The files, as attributes of the devfile, in which editors look for what is theirs (devfile-v1-che 2.6). */
export const editorFiles = {
  editor: '.che/che-editor.yaml',
  plugins: '.che/che-theia-plugins.yaml',
  launch: '.vscode/launch.json',
  tasks: '.vscode/tasks.json',
} as const;

/** The editor and the plugins, as attributes; the later format has no components for them. */
export function convertEditor(conversion: Conversion): Readonly<Record<string, unknown>> {
  const { components = [] } = conversion.input.devfile;
  const attributes: Record<string, unknown> = {};
  const plugins: unknown[] = [];
  const tell = (index: number, what: string): void => {
    const { id, reference = '' } = components[index] ?? {};
    const at: DocumentPath = ['components', index, id === undefined ? 'reference' : 'id'];
    conversion.change(
      'editor',
      at,
      `the ${what} ${id ?? reference} is an attribute, for editors that look for it`,
      'info',
    );
  };
  for (const [index, component] of components.entries()) {
    if (component.type === 'cheEditor') {
      attributes[editorFiles.editor] = write(describe(component));
      conversion.from(['attributes', editorFiles.editor], ['components', index]);
      tell(index, 'editor');
    } else if (component.type === 'chePlugin') {
      plugins.push(describe(component));
      tell(index, 'plugin');
    }
  }
  if (plugins.length > 0) {
    attributes[editorFiles.plugins] = write(plugins);
    conversion.from(['attributes', editorFiles.plugins], ['components']);
  }
  return attributes;
}

/** JSON is YAML. */
function write(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A plugin as the file of plugins has it: what changes its definition stands below `override`. */
function describe(component: Component1): Readonly<Record<string, unknown>> {
  const { type: _, alias, id, reference, registryUrl, preferences, ...sidecar } = component;
  const override = {
    ...(preferences === undefined ? {} : { preferences }),
    ...(Object.keys(sidecar).length === 0 ? {} : { sidecar }),
  };
  return {
    ...(id === undefined ? { reference } : { id }),
    ...(alias === undefined ? {} : { alias }),
    ...(registryUrl === undefined ? {} : { registryUrl }),
    ...(Object.keys(override).length === 0 ? {} : { override }),
  };
}
