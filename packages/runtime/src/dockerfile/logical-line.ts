import type { Word } from './types.ts';

/** An instruction's text put on one line, with the place in the file of each of its characters. */
export interface LogicalLine {
  readonly text: string;
  /** For each character of the text and its end: line and column from 1. */
  readonly places: readonly (readonly [line: number, column: number])[];
}

/** Joins lines that an escape character ends; comments and empty lines between them are gone. */
export function joinLines(
  lines: readonly string[],
  firstLine: number,
  startColumn: number,
  escape: string,
): LogicalLine {
  let text = '';
  const places: [number, number][] = [];
  let end: [number, number] = [firstLine, startColumn];
  for (const [index, raw] of lines.entries()) {
    const line = raw.replace(/\r$/, '');
    if (index > 0 && /^\s*(?:#.*)?$/.test(line)) continue;
    const trimmed = line.trimEnd();
    const goesOn = index < lines.length - 1 && trimmed.endsWith(escape);
    const shown = goesOn ? trimmed.slice(0, -1) : line;
    const first = index === 0 ? startColumn - 1 : 0;
    for (let at = first; at < shown.length; at += 1) {
      text += shown[at] ?? '';
      places.push([firstLine + index, at + 1]);
    }
    end = [firstLine + index, shown.length + 1];
  }
  places.push(end);
  return { text, places };
}

/** The words of a line from a place on, parted by white space that is not quoted or escaped. */
export function splitWords({ text, places }: LogicalLine, from: number, escape: string): Word[] {
  const words: Word[] = [];
  let at = from;
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    const start = at;
    at = skipWord(text, at, escape);
    const [line, column] = places[start] ?? [1, 1];
    const last = places[at - 1] ?? [line, column];
    words.push({ text: text.slice(start, at), line, column, endColumn: last[0] === line ? last[1] + 1 : column + 1 });
  }
  return words;
}

/** Where a word ends that begins at a place. */
function skipWord(text: string, from: number, escape: string): number {
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === escape && quote !== "'") at += 1;
    else if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (/\s/.test(character)) return at;
  }
  return text.length;
}
