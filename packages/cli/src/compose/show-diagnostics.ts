import { resolve } from 'node:path';
import { renderDiagnostic } from '@devstead/devfile/render';
import type { Diagnostic } from '@devstead/kit';
import type { Io, Output } from '../io.ts';
import { readLimitedFile } from '../read-limited-file.ts';

/** Diagnostics of several files as text, each with the line it is about. */
export function showDiagnostics(io: Io, diagnostics: readonly Diagnostic[], output: Output): string {
  const texts = new Map<string, string | undefined>();
  const textOf = (file: string | undefined) => {
    if (file === undefined) return undefined;
    if (!texts.has(file)) texts.set(file, readTextOrNothing(resolve(io.cwd, file)));
    return texts.get(file);
  };
  const options = { color: output.hasColour, width: output.columns };
  return diagnostics
    .map((diagnostic) => `${renderDiagnostic(diagnostic, textOf(diagnostic.file), options)}\n`)
    .join('');
}

function readTextOrNothing(path: string): string | undefined {
  const answer = readLimitedFile(path);
  return 'text' in answer ? answer.text : undefined;
}
