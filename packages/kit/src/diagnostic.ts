/** How much a diagnostic weighs: an `error` makes the input unusable, a `warning` or an `info` does not. */
export type Severity = 'error' | 'warning' | 'info';

/**
 * One problem in something a user wrote. All of a file's problems are returned together, never thrown.
 * `line` and `column` count from 1; `path` is the dotted path of the value (`components.python-dev.container.image`).
 */
export interface Diagnostic {
  /** Stable dotted id, for example `devfile.unknown-component`. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Column after the last character of the offending text, on the same line. */
  readonly endColumn?: number;
  readonly path?: string;
  /** What to do about it, as one sentence. */
  readonly hint?: string;
  /**
   * Of something that another file brought in or changed: what the offending text replaces, then the places of the names by
   * which its file was brought in, nearest first.
   */
  readonly chain?: readonly DiagnosticStep[];
}

/** One step on the way from the offending text back to the file the user named. */
export interface DiagnosticStep {
  /** `overrides`: this is replaced. `parent`, `plugin`: this names the file before. */
  readonly relation: 'overrides' | 'parent' | 'plugin';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The name written there: `uri: parent.yaml`. */
  readonly detail?: string;
}

/** Cause and cure of a diagnostic or error code, for the reference page. */
export interface CodeText {
  readonly cause: string;
  readonly cure: string;
}

/** True when at least one diagnostic is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
