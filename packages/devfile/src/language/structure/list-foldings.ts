import type { LanguageDocument } from '../open-document.ts';
import { listChildren, type TreeNode } from '../tree/node.ts';

/** Lines, from 0, that an editor may fold into the first of them. */
export interface Folding {
  readonly startLine: number;
  readonly endLine: number;
}

/** A folding for each field and list element of more than one line; of those that start on one line, the longest. */
export function listFoldings({ tree, lines }: LanguageDocument): Folding[] {
  const ends = new Map<number, number>();
  const open: (TreeNode | undefined)[] = [tree];
  while (open.length > 0) {
    for (const { span, value } of listChildren(open.pop())) {
      const startLine = lines.positionAt(span.start).line;
      const endLine = lines.positionAt(span.end).line;
      if (endLine > startLine) ends.set(startLine, Math.max(endLine, ends.get(startLine) ?? 0));
      open.push(value);
    }
  }
  return [...ends]
    .map(([startLine, endLine]) => ({ startLine, endLine }))
    .sort((left, right) => left.startLine - right.startLine);
}
