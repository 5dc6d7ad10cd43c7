import type { Diagnostic, Severity } from '@devstead/kit';
import { type ComposeNode, type MapNode, nodeAt, type Place, scalarAt } from '../from-compose/tree/node.ts';
import type { DevcontainerCode } from './codes.ts';

/** One reading of one devcontainer.json: its values with places, variables put in, and what is to be said of it. */
export class DevcontainerReading {
  readonly root: MapNode;
  readonly diagnostics: Diagnostic[] = [];
  readonly #nameFile: (path: string) => string;
  readonly #variables: (name: string) => string | undefined;

  constructor(root: MapNode, nameFile: (path: string) => string, variables: (name: string) => string | undefined) {
    this.root = root;
    this.#nameFile = nameFile;
    this.#variables = variables;
  }

  report(code: DevcontainerCode, severity: Severity, at: Place, path: string, message: string): void {
    this.diagnostics.push({ code, severity, message, ...at, file: this.#nameFile(at.file), path });
  }

  node(...keys: readonly string[]): ComposeNode | undefined {
    return nodeAt(this.root, ...keys);
  }

  /** A text with its variables put in; numbers and booleans as they are printed. A value of another form is reported. */
  text(...keys: readonly string[]): string | undefined {
    const node = this.node(...keys);
    return node === undefined ? undefined : this.textOf(node, keys.join('.'));
  }

  textOf(node: ComposeNode, path: string): string | undefined {
    if (node.kind === 'scalar' && node.value !== null) return this.putIn(String(node.value), node, path);
    if (node.kind !== 'scalar') this.report('devcontainer.value', 'error', node.at, path, `${path} is a text.`);
    return undefined;
  }

  flag(...keys: readonly string[]): boolean | undefined {
    const value = scalarAt(this.root, ...keys)?.value;
    return typeof value === 'boolean' ? value : undefined;
  }

  /** The texts of a list, or a single text; each with its node. */
  texts(...keys: readonly string[]): { readonly text: string; readonly node: ComposeNode }[] {
    const node = this.node(...keys);
    const items = node?.kind === 'list' ? node.items : node === undefined ? [] : [node];
    return items.flatMap((item) => {
      const text = this.textOf(item, keys.join('.'));
      return text === undefined ? [] : [{ text, node: item }];
    });
  }

  /** The entries of a map; what is no map is reported. */
  entries(...keys: readonly string[]): { readonly name: string; readonly node: ComposeNode }[] {
    const node = this.node(...keys);
    if (node === undefined || (node.kind === 'scalar' && node.value === null)) return [];
    if (node.kind === 'map') return [...node.entries].map(([name, entry]) => ({ name, node: entry.node }));
    const path = keys.join('.');
    this.report('devcontainer.value', 'error', node.at, path, `${path} is a map.`);
    return [];
  }

  /** `${localWorkspaceFolder}` and its like; a name that has no value here is reported and left out. */
  putIn(text: string, node: ComposeNode, path: string): string {
    return text.replace(/\$\{([A-Za-z]\w*(?::[^}]*)?)\}/g, (_match, name: string) => {
      const value = this.#variables(name);
      if (value !== undefined) {
        // It may be nobody else's business: whoever writes it into a file is told.
        if (/^(localEnv|env):/.test(name) && value !== '') {
          this.report(
            'devcontainer.changed',
            'warning',
            node.at,
            path,
            `${path} has the value that this machine gives ${name.split(':')[1]}.`,
          );
        }
        return value;
      }
      this.report(
        'devcontainer.changed',
        'warning',
        node.at,
        path,
        `${path} is without the value of \${${name}}, which is not known here.`,
      );
      return '';
    });
  }
}
