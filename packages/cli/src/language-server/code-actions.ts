import { fixDevfile, listFixes, openDocument, type Range } from '@devstead/devfile/language';
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type TextEdit,
} from 'vscode-languageserver-protocol/node';
import type { JudgedFile } from './judge-file.ts';
import { toProtocolDiagnostic } from './to-protocol.ts';

/** The protocol's name for fixes that an editor may make when a file is saved. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.devstead`;

/** Fixes of the problems in a range; when it is asked for, all safe fixes of the file at once. */
export async function listCodeActions(
  { textDocument: { uri }, range, context }: CodeActionParams,
  judged: JudgedFile,
): Promise<CodeAction[]> {
  const { document, found, locations } = judged;
  const isAsked = (kind: string) =>
    context.only === undefined || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
  const actions: CodeAction[] = [];
  if (isAsked(CodeActionKind.QuickFix)) {
    for (const placed of found.filter((each) => touches(each.range, range))) {
      const diagnostic = toProtocolDiagnostic(placed, document.file, locations);
      for (const { title, edits, isSafe } of listFixes(document, placed.diagnostic, placed.range)) {
        actions.push({
          title,
          kind: CodeActionKind.QuickFix,
          diagnostics: [diagnostic],
          isPreferred: isSafe,
          edit: { changes: { [uri]: edits.map(toTextEdit) } },
        });
      }
    }
  }
  // Only when it is asked for: all of it is read again, twice for each round.
  if (context.only !== undefined && isAsked(fixAllKind)) actions.push(...(await fixAll(uri, judged)));
  return actions;
}

async function fixAll(uri: string, { document }: JudgedFile): Promise<CodeAction[]> {
  const fixed = await fixDevfile(document.text, { file: document.file });
  if (fixed.applied.length === 0) return [];
  return [
    {
      title: 'Make all safe fixes of the devfile',
      kind: fixAllKind,
      edit: { changes: { [uri]: [findDifference(document.text, fixed.text)] } },
    },
  ];
}

/** One edit from what both texts have in common at the start to what they have in common at the end. */
function findDifference(before: string, after: string): TextEdit {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const { lines } = openDocument(before);
  return {
    range: lines.rangeOf({ start, end: before.length - end }),
    newText: after.slice(start, after.length - end),
  };
}

function toTextEdit({ range, newText }: TextEdit): TextEdit {
  return { range, newText };
}

function touches(left: Range, right: Range): boolean {
  return isBefore(left.start, right.end) && isBefore(right.start, left.end);
}

function isBefore(left: Range['start'], right: Range['start']): boolean {
  return left.line < right.line || (left.line === right.line && left.character <= right.character);
}
