import { LineIndex } from './line-index.ts';
import type { DocumentPath } from './types.ts';

/** Where a piece of the text stands. Lines and columns count from 1; `endColumn` is on the same line, after it. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** Finds places when asked; nothing is computed before. */
export interface Positions {
  readonly file: string;
  /** The value at a path, or its key, or the nearest parent's where the path does not exist; of it, the text `within`. */
  locate(path: DocumentPath, part?: 'key' | 'value', within?: string): Place;
  /** True when the path is written in the file. */
  has(path: DocumentPath): boolean;
}

/** Start and end in UTF-16 units. */
export type Range = readonly [number, number];

/** A value as it is written. */
export interface SourceNode {
  readonly kind: 'scalar' | 'collection';
  /** Of a map by indentation: its first key's. */
  readonly range: Range | undefined;
  /** What lies at a key of a map or an index of a list. */
  find(segment: string | number): SourceEntry | undefined;
}

export interface SourceEntry {
  /** Absent in lists. */
  readonly key?: Range;
  /** Absent where nothing is written. */
  readonly value?: SourceNode | undefined;
}

interface PositionsSource {
  readonly text: string;
  readonly file: string;
  /** Called with the first question; nothing for a document with nothing in it. */
  readonly readRoot: () => SourceNode | undefined;
}

export function createPositions({ text, file, readRoot }: PositionsSource): Positions {
  let source: { readonly lines: LineIndex; readonly root: SourceNode | undefined } | undefined;
  const open = () => {
    source ??= { lines: new LineIndex(text), root: readRoot() };
    return source;
  };

  const toPlace = ([start, end]: Range): Place => {
    const { line, column } = open().lines.locate(Math.min(start, text.length));
    const lineBreak = text.indexOf('\n', start);
    const stop = Math.min(end, lineBreak === -1 ? text.length : lineBreak);
    const width = text.slice(start, stop).trimEnd().length;
    return { line, column, endColumn: column + Math.max(width, 1) };
  };

  const find = (path: DocumentPath): { entry: SourceEntry; isComplete: boolean } => {
    let entry: SourceEntry = { value: open().root };
    for (const segment of path) {
      const next = entry.value?.find(segment);
      if (next === undefined) return { entry, isComplete: false };
      entry = next;
    }
    return { entry, isComplete: true };
  };

  return {
    file,
    locate: (path, part = 'value', within = '') => {
      const [start, end] = chooseRange(find(path).entry, part);
      const offset = within === '' ? -1 : text.slice(start, end).indexOf(within);
      return toPlace(offset === -1 ? [start, end] : [start + offset, start + offset + within.length]);
    },
    has: (path) => find(path).isComplete,
  };
}

/** A collection, and a value that is not there, are shown by the key that introduces them. */
function chooseRange({ key, value }: SourceEntry, part: 'key' | 'value'): Range {
  const range = value?.range;
  const isShownByKey = part === 'key' || value?.kind !== 'scalar' || range?.[0] === range?.[1];
  return (isShownByKey ? key : undefined) ?? range ?? [0, 0];
}
