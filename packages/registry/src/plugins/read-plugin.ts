import { type DocumentMap, type Report, readDocument } from '../read/document.ts';
import { present } from '../read/present.ts';
import type { Plugin } from './plugin.ts';

const word = /^[A-Za-z0-9_][-._A-Za-z0-9]{0,99}$/;
const types: readonly string[] = ['Che Editor', 'Che Plugin', 'Theia plugin', 'VS Code extension'];

/**
 * Reads the members of a meta.yaml by which a registry finds and lists it. What it runs is judged by who runs it. Gives
 * `registry.plugin` and `registry.yaml`.
 */
export function readPlugin(text: string, file: string, report: Report): Plugin | undefined {
  const document = readDocument(text, file, report);
  if (document === undefined) return undefined;
  const publisher = readWord(document, 'publisher');
  const name = readWord(document, 'name');
  const version = readWord(document, 'version');
  const type = document.readText('type');
  if (type === undefined || !types.includes(type)) {
    document.report('registry.plugin', 'error', 'type', `the type is to be one of ${types.join(', ')}`);
    return undefined;
  }
  if (publisher === undefined || name === undefined || version === undefined) return undefined;
  return {
    id: `${publisher}/${name}/${version}`,
    publisher,
    name,
    version,
    type,
    text,
    ...present({
      displayName: document.readText('displayName'),
      description: document.readText('description'),
      deprecate: document.readValue('deprecate'),
    }),
  };
}

function readWord(document: DocumentMap, key: string): string | undefined {
  const value = document.readText(key);
  if (value !== undefined && word.test(value)) return value;
  document.report(
    'registry.plugin',
    'error',
    key,
    `${key} is to be a word of letters, digits, dots, dashes and underscores`,
  );
  return undefined;
}
