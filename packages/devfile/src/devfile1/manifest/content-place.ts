import type { Source } from '../../read-source.ts';
import type { DocumentPath } from '../../types.ts';

interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/**
 * For a text that stands in a devfile as a literal block (`|`): where a place of the text is in the devfile. For one written
 * in another way, nothing can be said.
 */
export function findContentPlace(source: Source, field: DocumentPath): (place: TextPlace) => TextPlace | undefined {
  const start = source.positions.locate(field);
  const lines = source.text.split('\n');
  const header = (lines[start.line - 1] ?? '').slice(start.column - 1);
  const isLiteral = /^\|[-+\d]*\s*(?:#.*)?$/.test(header.trimEnd());
  const first = lines.slice(start.line).find((line) => line.trim() !== '') ?? '';
  const indent = first.length - first.trimStart().length;
  return ({ line, column }) => (isLiteral ? { line: start.line + line, column: column + indent } : undefined);
}
