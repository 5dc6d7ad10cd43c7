import { AppError } from '@devstead/kit';
import { paint } from './colour.ts';
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
  const details = error.details.map((line) => `  ${paint('grey', '|', hasColour)} ${line}\n`).join('');
  const trace = isDebugging ? `${error.stack ?? ''}\n` : '';
  const next = error.hint === '' ? '' : `  next: ${error.hint}\n`;
  return `${paint('red', 'error', hasColour)} ${error.code}  ${error.message}\n${details}${trace}${next}`;
}
