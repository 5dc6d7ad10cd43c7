import { quoteValue } from '../../explain-syntax.ts';
import { hasOwnLines, removeLines, textOf } from './text-of.ts';
import type { Fixer, Problem } from './types.ts';

/** Values that need quotes get them, indentation by tabs becomes spaces. What results is read again before it is written. */
export const fixSyntax: Fixer = (problem) => {
  const { document, diagnostic, start, end } = problem;
  const written = textOf(document, problem);
  const isAboutQuotes = /in quotes: |^Write ['"]/.test(diagnostic.hint ?? '');
  if (isAboutQuotes && written !== '' && !written.includes('\n')) {
    const isSafe = written.startsWith('{{');
    return [{ title: 'Put the value in quotes', changes: [{ start, end, newText: quoteValue(written) }], isSafe }];
  }
  if (/^[ \t]*\t[ \t]*$/.test(written)) {
    return [
      { title: 'Indent by spaces', changes: [{ start, end, newText: written.replaceAll('\t', '  ') }], isSafe: false },
    ];
  }
  return [];
};

/** The last of two equal keys counts, so the first may go; unasked only a single value, not a whole section. */
export const fixDuplicateKey: Fixer = (problem) => {
  const { document, spot } = problem;
  const key = spot?.role === 'key' ? spot.node : undefined;
  const name = spot?.map?.entries.find((entry) => entry.key === key)?.key.value;
  const same = spot?.map?.entries.filter((entry) => entry.key.value === name) ?? [];
  const first = same[0];
  const isSingle = first?.value?.kind === 'scalar' && first.value.style !== 'block';
  if (first === undefined || same.length < 2 || spot?.map?.isFlow !== false || !hasOwnLines(document, first)) return [];
  return [
    {
      title: `Remove the first ${name}, which does not count`,
      changes: [removeLines(document, first)],
      isSafe: isSingle && isPlain(first, document),
    },
  ];
};

/** What has an anchor in it may be used elsewhere. */
function isPlain(span: { start: number; end: number }, document: Problem['document']): boolean {
  return !textOf(document, span).includes('&');
}

/** A key that YAML 1.1 takes for a boolean. */
export const fixBooleanKey: Fixer = ({ document, spot }) => {
  if (spot?.role !== 'key' || spot.node.kind !== 'scalar' || spot.node.style !== 'plain') return [];
  const { start, end } = spot.node;
  return [
    {
      title: 'Put the key in quotes',
      changes: [{ start, end, newText: `"${textOf(document, spot.node)}"` }],
      isSafe: true,
    },
  ];
};

/** Only the first document is read. */
export const fixFurtherDocuments: Fixer = ({ document, start }) => {
  const { text } = document;
  const mark = text.slice(0, start).search(/\n---[^\n]*\n[^]*$/);
  const from = text.lastIndexOf('\n---', start) + 1;
  if (mark === -1 || from === 0) return [];
  return [
    {
      title: 'Remove the documents that are not read',
      changes: [{ start: from, end: text.length, newText: '' }],
      isSafe: false,
    },
  ];
};
