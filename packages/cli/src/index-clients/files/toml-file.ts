import { AppError } from '@devstead/kit';
import { insertBlock } from './marked-block.ts';

/** A table as it stands in a file; the root has an empty name. */
export interface TomlTable {
  /** Dotted, without quotes. */
  readonly name: string;
  readonly isArrayItem: boolean;
  /** From its header to the line before the next one. */
  readonly lines: readonly number[];
  readonly keys: readonly { readonly key: string; readonly value: string; readonly lines: readonly number[] }[];
}

/** A table to be written; `isArrayItem` for one more of `[[name]]`. */
export interface WantedTable {
  readonly name: string;
  readonly isArrayItem?: boolean;
  /** Values as TOML writes them. */
  readonly values: Readonly<Record<string, string>>;
  /** Name of the block it stands in, where other clients have theirs. */
  readonly block?: string;
}

/**
 * Sets keys of a table, or adds an item to an array of tables. A key that is there already becomes a comment until
 * `removeBlocks`, and so do the lines that `hides` names. Throws UNREADABLE_INPUT where the table stands as an inline value,
 * which cannot be added to.
 */
export function mergeToml(
  text: string,
  wanted: WantedTable,
  file: string,
  hides: (table: TomlTable) => readonly number[] = () => [],
): string {
  const tables = scanToml(text);
  const inline = tables
    .filter(({ name }) => name === '' || wanted.name.startsWith(`${name}.`))
    .flatMap(({ name, keys }) =>
      keys.filter(({ key }) => isOnPath(wanted.name, name === '' ? key : `${name}.${key}`)),
    )[0];
  if (inline !== undefined) {
    throw new AppError('UNREADABLE_INPUT', `${file}:${(inline.lines[0] ?? 0) + 1}: ${inline.key} is written inline`, {
      hint: `Write it as ${wanted.isArrayItem === true ? `[[${wanted.name}]]` : `[${wanted.name}]`}, or add by hand: ${Object.entries(
        wanted.values,
      )
        .map(([key, value]) => `${key} = ${value}`)
        .join(', ')}`,
    });
  }
  const found =
    wanted.isArrayItem === true
      ? undefined
      : tables.find(({ name, isArrayItem }) => name === wanted.name && !isArrayItem);
  const hidden = new Set(tables.flatMap((table) => hides(table)));
  for (const { key, lines } of found?.keys ?? []) if (key in wanted.values) for (const line of lines) hidden.add(line);
  const header = wanted.isArrayItem === true ? `[[${wanted.name}]]` : `[${wanted.name}]`;
  const values = Object.entries(wanted.values).map(([key, value]) => `${key} = ${value}`);
  return insertBlock(text, found === undefined ? [header, ...values] : values, {
    at: found === undefined ? Number.POSITIVE_INFINITY : (found.lines[0] ?? 0) + 1,
    hides: hidden,
    ...(wanted.block === undefined ? {} : { name: wanted.block }),
  });
}

/** True of the name of a table, of what it is part of, and of what is part of it. */
function isOnPath(wanted: string, name: string): boolean {
  return `${wanted}.`.startsWith(`${name}.`) || name.startsWith(`${wanted}.`);
}

/**
 * The tables of a TOML file with their keys, line by line (TOML 1.0): enough to know what stands where, values are not
 * judged. Strings and lists over several lines are passed over as one value.
 */
export function scanToml(text: string): TomlTable[] {
  type Draft = {
    name: string;
    isArrayItem: boolean;
    lines: number[];
    keys: { key: string; value: string; lines: number[] }[];
  };
  let table: Draft = { name: '', isArrayItem: false, lines: [], keys: [] };
  const tables: Draft[] = [table];
  const state = new ValueState();
  for (const [index, line] of text.split('\n').entries()) {
    if (state.isOpen) {
      table.keys.at(-1)?.lines.push(index);
      table.lines.push(index);
      state.read(line);
      continue;
    }
    const [, brackets, name] = /^\s*(\[\[?)\s*([^\]]*?)\s*\]/.exec(line) ?? [];
    if (name !== undefined) {
      table = { name: normalise(name), isArrayItem: brackets === '[[', lines: [], keys: [] };
      tables.push(table);
    }
    table.lines.push(index);
    const [, key, value] =
      /^\s*((?:"[^"]*"|'[^']*'|[^#="'[\s])(?:[^="']|"[^"]*"|'[^']*')*?)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined || key === undefined || value === undefined) continue;
    table.keys.push({ key: normalise(key), value: value.trim(), lines: [index] });
    state.read(value);
  }
  return tables;
}

function normalise(name: string): string {
  return name
    .split('.')
    .map((part) => part.trim().replace(/^(["'])(.*)\1$/, '$2'))
    .join('.');
}

/** Whether a value goes on in the next line: an open string of several lines, an open bracket. */
class ValueState {
  private quote: '"""' | "'''" | undefined;
  private depth = 0;

  get isOpen(): boolean {
    return this.quote !== undefined || this.depth > 0;
  }

  read(text: string): void {
    for (let at = 0; at < text.length; ) at = this.step(text, at);
  }

  private step(text: string, at: number): number {
    if (this.quote !== undefined) {
      if (text.startsWith(this.quote, at)) {
        this.quote = undefined;
        return at + 3;
      }
      return at + (text[at] === '\\' ? 2 : 1);
    }
    const triple = (['"""', "'''"] as const).find((quote) => text.startsWith(quote, at));
    if (triple !== undefined) {
      this.quote = triple;
      return at + 3;
    }
    const char = text[at] ?? '';
    if (char === '"' || char === "'") return endOfString(text, at, char);
    if (char === '#') return text.length;
    if ('[{'.includes(char)) this.depth += 1;
    if (']}'.includes(char)) this.depth = Math.max(0, this.depth - 1);
    return at + 1;
  }
}

function endOfString(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\' && quote === '"') at += 1;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
}
