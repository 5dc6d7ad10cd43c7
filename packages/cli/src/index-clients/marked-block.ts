import { AppError } from '@devstead/kit';

const begin = '# >>> devstead index >>>';
/** The text before the block had no newline at its end. */
const beginOfOpenLine = `${begin} (no newline before)`;
const end = '# <<< devstead index <<<';
const kept = '# devstead kept: ';

/** Where a block goes, and what it takes the place of. Lines are counted from 0, newlines part them. */
export interface BlockPlace {
  /** It goes before this line; the number of lines for the end. */
  readonly at: number;
  /** Lines that must not count while the block is there: they become comments, and are restored with its removal. */
  readonly hides?: Iterable<number>;
}

/** True of a text that has a block of ours. */
export function hasBlock(text: string): boolean {
  return text.split('\n').some((line) => line === begin || line === beginOfOpenLine);
}

/** A text with a marked block in it; the format must know `#` as the begin of a comment line. */
export function insertBlock(text: string, block: readonly string[], { at, hides = [] }: BlockPlace): string {
  const hidden = new Set(hides);
  const lines = text.split('\n').map((line, index) => (hidden.has(index) ? kept + line : line));
  const isOpenLine = at >= lines.length - 1 && lines.at(-1) !== '';
  if (isOpenLine) return [...lines, beginOfOpenLine, ...block, end, ''].join('\n');
  return lines.toSpliced(Math.min(at, lines.length - 1), 0, begin, ...block, end).join('\n');
}

/**
 * The text as it was before the blocks came: what stands between the marks goes, and lines that were kept as comments
 * count again. Throws UNREADABLE_INPUT when a block has no end.
 */
export function removeBlocks(text: string, file = 'the file'): string {
  const lines: string[] = [];
  let blockAt: number | undefined;
  let endsOpen = false;
  for (const [index, line] of text.split('\n').entries()) {
    if (line === begin || line === beginOfOpenLine) {
      if (blockAt !== undefined) throw damaged(file, blockAt);
      blockAt = index;
      endsOpen = line === beginOfOpenLine;
    } else if (blockAt === undefined) {
      endsOpen &&= line === '';
      lines.push(line.startsWith(kept) ? line.slice(kept.length) : line);
    } else if (line === end) blockAt = undefined;
  }
  if (blockAt !== undefined) throw damaged(file, blockAt);
  if (endsOpen) lines.pop();
  return lines.join('\n');
}

function damaged(file: string, line: number): AppError {
  return new AppError('UNREADABLE_INPUT', `${file}:${line + 1}: the block that begins here has no end`, {
    hint: `Write the line \`${end}\` below what Devstead put there, and try again.`,
  });
}
