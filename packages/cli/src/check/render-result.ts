import { renderDiagnostic } from '@devstead/devfile';
import { paint } from '../colour.ts';
import { harmlessText } from '../harmless-text.ts';
import type { Io } from '../io.ts';
import type { JudgedDevfile } from '../judge-devfile.ts';
import { findText } from '../load-environment.ts';
import type { CheckResult } from './check-result.ts';
import type { FixedFile } from './fix-file.ts';
import { renderDifference } from './render-difference.ts';

/** A line for each change that was made, or would be, and then what becomes of the text. */
export function renderFixes(fixed: FixedFile | undefined, isDryRun: boolean, io: Io): string {
  if (fixed === undefined) return '';
  const { file, before, after, applied } = fixed;
  const { hasColour } = io.stdout;
  const verb = paint('green', isDryRun ? 'would fix' : 'fixed', hasColour);
  const lines = applied.map(
    ({ code, line, title }) => `${verb}  ${code}  ${harmlessText(`${file}:${line}  ${title}`, false)}\n`,
  );
  return lines.join('') + (isDryRun ? renderDifference(file, before, after, hasColour) : '');
}

/** Every problem with its line, then the verdict. */
export function renderResult(result: CheckResult, judged: JudgedDevfile, io: Io): string {
  const { hasColour, columns } = io.stdout;
  const lines = result.diagnostics.map(
    (diagnostic) =>
      `${renderDiagnostic(diagnostic, findText(judged, diagnostic.file), { color: hasColour, width: columns })}\n`,
  );
  return lines.join('') + renderVerdict(result, io);
}

export function renderVerdict({ file, valid, errors, warnings }: CheckResult, io: Io): string {
  const { hasColour } = io.stdout;
  const counts = [errors > 0 ? plural(errors, 'error') : '', warnings > 0 ? plural(warnings, 'warning') : '']
    .filter(Boolean)
    .join(', ');
  const verdict = valid ? paint('green', 'valid', hasColour) : paint('red', 'invalid', hasColour);
  return `${file}: ${verdict}${counts === '' ? '' : `, ${counts}`}\n`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
