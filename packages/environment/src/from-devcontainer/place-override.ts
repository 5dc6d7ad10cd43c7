import type { Diagnostic } from '@devstead/kit';
import type { ComposeFiles } from '../from-compose/load/files.ts';
import type { Origin } from '../types.ts';
import type { Override } from './write-override.ts';

/** The machine's files, with what stands for the devcontainer.json in its place. */
export function withOverride(files: ComposeFiles, path: string, { text }: Override): ComposeFiles {
  return { find: (wanted) => (wanted === path ? { kind: 'file', text } : files.find(wanted)) };
}

/** A diagnostic of a line that stands for a property, with the place of that property. */
export function placeDiagnostic(diagnostic: Diagnostic, file: string, { originsByLine }: Override): Diagnostic {
  if (diagnostic.file !== file || diagnostic.line === undefined) return diagnostic;
  const { endColumn: _end, column: _column, line: _line, ...rest } = diagnostic;
  const { line, column } = originsByLine.get(diagnostic.line) ?? {};
  return { ...rest, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
}

/** The same for where a value came from. */
export function placeOrigin(origin: Origin, file: string, { originsByLine }: Override): Origin {
  if (origin.file !== file || origin.line === undefined) return origin;
  const place = originsByLine.get(origin.line);
  const { line: _line, column: _column, ...rest } = origin;
  return {
    ...rest,
    file,
    ...(place?.line === undefined ? {} : { line: place.line }),
    ...(place?.column === undefined ? {} : { column: place.column }),
  };
}
