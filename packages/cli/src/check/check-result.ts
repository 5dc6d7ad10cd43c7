import type { AppliedFix } from '@devstead/devfile/language';
import type { AppError, Diagnostic, Severity } from '@devstead/kit';

/** One line of `devstead check --output json`. */
export interface CheckResult {
  readonly schemaVersion: 'check/v1';
  readonly file: string;
  readonly valid: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly diagnostics: readonly Diagnostic[];
  /** With `--fix`: what was changed, or with `--dry-run` would be. The diagnostics are those of the file as it is then. */
  readonly fixes?: readonly AppliedFix[];
}

export function summarise(
  file: string,
  diagnostics: readonly Diagnostic[],
  fixes?: readonly AppliedFix[],
): CheckResult {
  const count = (severity: Severity): number =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const errors = count('error');
  const result = { file, valid: errors === 0, errors, warnings: count('warning'), diagnostics };
  return { schemaVersion: 'check/v1', ...result, ...(fixes !== undefined && { fixes }) };
}

/** A file that could not be read has this one problem. */
export function describeUnreadable(file: string, { code, message, hint }: AppError): Diagnostic {
  return { code, severity: 'error', message, file, hint };
}
