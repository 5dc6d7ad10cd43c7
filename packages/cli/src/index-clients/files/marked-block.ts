import { AppError } from '@devstead/kit';

/** The lines of a block. In a file where several clients have one, each bears the name of its client. */
interface Marks {
  readonly begin: string;
  /** The text before the block had no newline at its end. */
  readonly beginOfOpenLine: string;
  readonly end: string;
  /** Before a line that does not count while the block is there. */
  readonly kept: string;
}

function marksOf(name: string | undefined): Marks {
  const of = name === undefined ? '' : ` of ${name}`;
  const begin = `# >>> devstead index${of} >>>`;
  return {
    begin,
    beginOfOpenLine: `${begin} (no newline before)`,
    end: `# <<< devstead index${of} <<<`,
    kept: `# devstead kept${of}: `,
  };
}

/** Where a block goes, and what it takes the place of. Lines are counted from 0, newlines part them. */
export interface BlockPlace {
  /** It goes before this line; the number of lines for the end. */
  readonly at: number;
  /** Lines that must not count while the block is there: they become comments, and are restored with its removal. */
  readonly hides?: Iterable<number>;
  /** Whose it is, in a file where several clients have blocks. */
  readonly name?: string;
}

/** True of a text that has a block of ours, under that name. */
export function hasBlock(text: string, name?: string): boolean {
  return text.split('\n').some((line) => isBegin(line, name));
}

/** True of the line that a block of ours, under that name, begins with. */
export function isBegin(line: string, name?: string): boolean {
  const { begin, beginOfOpenLine } = marksOf(name);
  return line === begin || line === beginOfOpenLine;
}

/** A text with a marked block in it; the format must know `#` as the begin of a comment line. */
export function insertBlock(text: string, block: readonly string[], { at, hides = [], name }: BlockPlace): string {
  const { begin, beginOfOpenLine, end, kept } = marksOf(name);
  const hidden = new Set(hides);
  const lines = text.split('\n').map((line, index) => (hidden.has(index) ? kept + line : line));
  const isOpenLine = at >= lines.length - 1 && lines.at(-1) !== '';
  if (isOpenLine) return [...lines, beginOfOpenLine, ...block, end, ''].join('\n');
  return lines.toSpliced(Math.min(at, lines.length - 1), 0, begin, ...block, end).join('\n');
}

/**
 * The text as it was before the blocks of that name came: what stands between the marks goes, and lines that were kept as comments
 * count again. Throws UNREADABLE_INPUT when a block has no end.
 */
export function removeBlocks(text: string, file = 'the file', name?: string): string {
  const { begin, beginOfOpenLine, end, kept } = marksOf(name);
  const lines: string[] = [];
  let blockAt: number | undefined;
  let endsOpen = false;
  for (const [index, line] of text.split('\n').entries()) {
    if (line === begin || line === beginOfOpenLine) {
      if (blockAt !== undefined) throw damaged(file, blockAt, end);
      blockAt = index;
      endsOpen = line === beginOfOpenLine;
    } else if (blockAt === undefined) {
      endsOpen &&= line === '';
      lines.push(line.startsWith(kept) ? line.slice(kept.length) : line);
    } else if (line === end) blockAt = undefined;
  }
  if (blockAt !== undefined) throw damaged(file, blockAt, end);
  if (endsOpen) lines.pop();
  return lines.join('\n');
}

function damaged(file: string, line: number, end: string): AppError {
  return new AppError('UNREADABLE_INPUT', `${file}:${line + 1}: the block that begins here has no end`, {
    hint: `Write the line \`${end}\` below what Devstead put there, and try again.`,
  });
}
