import { insertBlock } from './marked-block.ts';

/** A section with keys to set. */
export interface IniSection {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
  /** Keys with several values, which are added to those that are there. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
}

interface Entry {
  readonly key: string;
  readonly lines: number[];
  readonly value: string[];
}

interface Section {
  readonly name: string;
  readonly line: number;
  readonly entries: Entry[];
}

/**
 * Sets keys in a file in the format of Python's configparser (pip.conf, .pypirc). What is there stays: a key that is set
 * becomes a comment, in its section and in those that `isHidden` names, until `removeBlocks`.
 */
export function mergeIni(
  text: string,
  sections: readonly IniSection[],
  isHidden: (section: string, key: string) => boolean = () => false,
): string {
  const hides = new Set(
    parse(text).flatMap(({ name, entries }) => entries.flatMap(({ key, lines }) => (isHidden(name, key) ? lines : []))),
  );
  // One after the other: each finds the file as the one before left it.
  return sections.reduce((merged, section, index) => mergeSection(merged, section, index === 0 ? hides : []), text);
}

function mergeSection(text: string, wanted: IniSection, alsoHidden: Iterable<number>): string {
  const found = parse(text).find(({ name }) => name === wanted.name);
  const hides = new Set(alsoHidden);
  const block: string[] = found === undefined ? [`[${wanted.name}]`] : [];
  for (const [key, value] of Object.entries(wanted.values)) block.push(`${key} = ${value}`);
  for (const [key, values] of Object.entries(wanted.lists ?? {})) {
    const before = found?.entries.filter((entry) => entry.key === normalise(key)).flatMap(({ value }) => value) ?? [];
    block.push(`${key} =`, ...[...new Set([...before, ...values])].map((value) => `    ${value}`));
  }
  const keys = [...Object.keys(wanted.values), ...Object.keys(wanted.lists ?? {})].map(normalise);
  for (const { key, lines } of found?.entries ?? []) if (keys.includes(key)) for (const line of lines) hides.add(line);
  return insertBlock(text, block, { at: found === undefined ? Number.POSITIVE_INFINITY : found.line + 1, hides });
}

function parse(text: string): Section[] {
  const sections: Section[] = [];
  let entry: Entry | undefined;
  let blanks: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*[#;]/.test(line)) continue;
    if (line.trim() === '') {
      blanks.push(index);
      continue;
    }
    const head = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (head !== undefined) {
      sections.push({ name: head, line: index, entries: [] });
      entry = undefined;
    } else if (/^\s/.test(line)) {
      // A blank line within a value is part of it.
      entry?.lines.push(...blanks, index);
      entry?.value.push(...words(line));
    } else {
      const at = line.search(/[=:]/);
      entry = {
        key: normalise(at < 0 ? line : line.slice(0, at)),
        lines: [index],
        value: at < 0 ? [] : words(line.slice(at + 1)),
      };
      sections.at(-1)?.entries.push(entry);
    }
    blanks = [];
  }
  return sections;
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** pip takes `index_url`, `Index-Url` and `--index-url` for the same key. */
function normalise(key: string): string {
  return key.trim().toLowerCase().replaceAll('_', '-').replace(/^--/, '');
}
