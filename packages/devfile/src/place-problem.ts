import { type Diagnostic, type DiagnosticStep, findNearestName } from '@devstead/kit';
import { diagnosticTable } from './codes.ts';
import { cutText, formatPath } from './document-path.ts';
import type { Place } from './flatten/trace.ts';
import type { Problem } from './problem.ts';
import { listImporters, type Source, toWrittenPath } from './read-source.ts';
import type { DocumentPath } from './types.ts';

/**
 * A problem as a diagnostic: with its place in the file it stands in, and the chain of files that brought it there.
 * @param places Of the value, in the `devfile` of their sources, the one that counts first.
 */
export function placeProblem(problem: Problem, places: readonly [Place, ...Place[]]): Diagnostic {
  const [{ source, path }] = places;
  return placeWritten(problem, source, toWrittenPath(source, path), describeChain(places));
}

/** A problem of one file, with a path as it is written there. */
export function placeWritten(
  problem: Problem,
  source: Source,
  path: DocumentPath,
  chain: readonly DiagnosticStep[] = describeChain([{ source, path, isOverride: false }]),
): Diagnostic {
  const { code, severity, message, at, within, misspelt } = problem;
  const meant = misspelt === undefined ? undefined : findNearestName(misspelt.written, misspelt.known);
  const hint = meant === undefined ? (problem.hint ?? diagnosticTable[code].cure) : `Did you mean \`${meant}\`?`;
  return {
    code,
    severity,
    message: cutText(problem.isErrorInStrict === true ? `${message} (an error in the strict profile)` : message),
    file: source.file,
    ...source.positions.locate(path, at, within),
    ...(path.length === 0 ? {} : { path: cutText(formatPath(path, source.value)) }),
    hint: cutText(hint),
    ...(chain.length === 0 ? {} : { chain }),
  };
}

/** What the value that counts replaces, then what brought the last of the files in. */
export function describeChain(places: readonly Place[]): DiagnosticStep[] {
  const replaced = places
    .slice(1)
    .map(({ source, path }): DiagnosticStep => ({ relation: 'overrides', ...locate(source, path) }));
  const last = places.at(-1)?.source;
  const importers = last === undefined ? [] : listImporters(last);
  return [
    ...replaced,
    ...importers.map(
      ({ kind, reference, source, path }): DiagnosticStep => ({
        relation: kind,
        detail: cutText(reference),
        ...locate(source, path),
      }),
    ),
  ];
}

/** File, line and column of a path in the `devfile` of a source. */
export function locate(source: Source, path: DocumentPath): { file: string; line: number; column: number } {
  const { line, column } = source.positions.locate(toWrittenPath(source, path));
  return { file: source.file, line, column };
}
