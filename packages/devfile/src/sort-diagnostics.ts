import type { Diagnostic, Severity } from '@devstead/kit';

/** More than this nobody reads at once; the rest is left out, errors last. */
const shownDiagnostics = 1000;

/** As many problems as anybody reads, errors before the others. */
export function selectShown<T extends { readonly severity: Severity }>(problems: readonly T[]): readonly T[] {
  if (problems.length <= shownDiagnostics) return problems;
  const errors = problems.filter(({ severity }) => severity === 'error');
  return [...errors, ...problems.filter(({ severity }) => severity !== 'error')].slice(0, shownDiagnostics);
}

/**
 * The diagnostics of a devfile's files, by file in the order they were read, and line. What is wrong with a file that was
 * brought in twice is said once.
 */
export function sortDiagnostics(
  files: readonly { readonly file: string }[],
  diagnostics: readonly Diagnostic[],
): Diagnostic[] {
  const ranks = new Map([...files].reverse().map(({ file }, index) => [file, files.length - index]));
  const rankOf = ({ file = '' }: Diagnostic): number => ranks.get(file) ?? 0;
  const shown = files.length === 1 ? diagnostics : selectShown(dropRepeated(diagnostics));
  return [...shown].sort(
    (left, right) =>
      rankOf(left) - rankOf(right) || (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0),
  );
}

function dropRepeated(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const byText = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const { code, file, line, column, message } = diagnostic;
    const text = JSON.stringify([code, file, line, column, message]);
    if (!byText.has(text)) byText.set(text, diagnostic);
  }
  return [...byText.values()];
}
