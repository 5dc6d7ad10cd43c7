import { AppError } from '@devstead/kit';
import { paint } from './colour.ts';
import { harmlessText } from './harmless-text.ts';
import type { Io } from './io.ts';

/** An error for people: what happened, the lines that show it, and what to do next. A stack trace only for a fault of ours, when asked. */
export function renderError(error: unknown, io: Io): string {
  const { hasColour } = io.stderr;
  const isDebugging = (io.env['DEVSTEAD_DEBUG'] ?? '') !== '';
  if (!(error instanceof AppError)) {
    const text = error instanceof Error ? error.message : String(error);
    const trace = isDebugging && error instanceof Error ? `${error.stack ?? ''}\n` : '';
    return `${paint('red', 'error', hasColour)} INTERNAL  ${text}\n${trace}  next: run it again with DEVSTEAD_DEBUG=1 and report what it prints\n`;
  }
  const details = error.details
    .map((line) => `  ${paint('grey', '|', hasColour)} ${harmlessText(line, hasColour)}\n`)
    .join('');
  const trace = isDebugging ? `${error.stack ?? ''}\n` : '';
  const next = error.hint === '' ? '' : `  next: ${error.hint}\n`;
  return `${paint('red', 'error', hasColour)} ${error.code}  ${harmlessText(error.message, false)}\n${details}${trace}${next}`;
}

interface ErrorResult extends Pick<AppError, 'code' | 'message' | 'hint' | 'details'> {
  readonly schemaVersion: 'error/v1';
}

/** An error for machines, as `--output json` prints it on standard output. */
export function errorResult(error: unknown): ErrorResult {
  const failure =
    error instanceof AppError
      ? error
      : new AppError('INTERNAL', error instanceof Error ? error.message : String(error));
  const { code, message, hint, details } = failure;
  return { schemaVersion: 'error/v1', code, message, hint, details };
}
