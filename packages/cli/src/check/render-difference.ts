import { paint } from '../colour.ts';
import { harmlessText } from '../harmless-text.ts';

/** Lines around a change that are shown too. */
const around = 2;
/** Pairs of lines that are compared at most; beyond, a stretch is shown as replaced whole. */
const mostCompared = 4_000_000;

interface Line {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** What becomes of a text, as people know it: lines with `-` and `+` and some of those around them. Empty when nothing changes. */
export function renderDifference(file: string, before: string, after: string, hasColour: boolean): string {
  if (before === after) return '';
  const compared = compareLines(before.split('\n'), after.split('\n'));
  const last = compared.at(-1);
  // What follows the last line break is no line.
  const lines = last?.kind === 'same' && last.text === '' ? compared.slice(0, -1) : compared;
  const shown = new Set(
    lines.flatMap(({ kind }, index) =>
      kind === 'same' ? [] : Array.from({ length: 2 * around + 1 }, (_, offset) => index - around + offset),
    ),
  );
  const parts = [paint('grey', `--- ${file}\n+++ ${file}`, hasColour)];
  let oldLine = 1;
  let newLine = 1;
  let isOpen = false;
  for (const [index, { kind, text }] of lines.entries()) {
    if (shown.has(index)) {
      if (!isOpen) parts.push(paint('grey', `@@ -${oldLine} +${newLine} @@`, hasColour));
      parts.push(renderLine(kind, text, hasColour));
    }
    isOpen = shown.has(index);
    if (kind !== 'added') oldLine++;
    if (kind !== 'removed') newLine++;
  }
  return `${parts.join('\n')}\n`;
}

function renderLine(kind: Line['kind'], text: string, hasColour: boolean): string {
  const plain = harmlessText(text.replace(/\r$/, ''), false);
  if (kind === 'same') return ` ${plain}`;
  return kind === 'removed' ? paint('red', `-${plain}`, hasColour) : paint('green', `+${plain}`, hasColour);
}

function compareLines(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const same = (texts: readonly string[]) => texts.map((text): Line => ({ kind: 'same', text }));
  return [
    ...same(before.slice(0, start)),
    ...compareMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

/** By the longest sequence of lines that both have. */
function compareMiddle(before: readonly string[], after: readonly string[]): Line[] {
  const removed = before.map((text): Line => ({ kind: 'removed', text }));
  const added = after.map((text): Line => ({ kind: 'added', text }));
  if (before.length * after.length > mostCompared) return [...removed, ...added];
  const width = after.length + 1;
  const longest = new Uint16Array((before.length + 1) * width);
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      const at = row * width + column;
      longest[at] =
        before[row] === after[column]
          ? (longest[at + width + 1] ?? 0) + 1
          : Math.max(longest[at + width] ?? 0, longest[at + 1] ?? 0);
    }
  }
  const lines: Line[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [old, fresh] = [before[row], after[column]];
    const at = row * width + column;
    if (old !== undefined && old === fresh) {
      lines.push({ kind: 'same', text: old });
      row++;
      column++;
    } else if (old !== undefined && (fresh === undefined || (longest[at + width] ?? 0) >= (longest[at + 1] ?? 0))) {
      lines.push({ kind: 'removed', text: old });
      row++;
    } else {
      lines.push({ kind: 'added', text: fresh ?? '' });
      column++;
    }
  }
  return lines;
}
