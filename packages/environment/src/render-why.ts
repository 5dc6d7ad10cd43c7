import type { LeafValue } from './leaves.ts';
import type { Origin } from './types.ts';
import type { WhyAnswer } from './why.ts';

/**
 * Answers as plain text: a line with path and value, then a line for each cause, indented. Secrets are shown, as the
 * file shows them; characters that a terminal would act on are escaped.
 */
export function renderWhy(answers: readonly WhyAnswer[]): string {
  return answers.map(renderAnswer).join('');
}

function renderAnswer({ path, value, origins }: WhyAnswer): string {
  const lines = [`${path} = ${renderValue(value)}`, ...origins.map((origin) => `  ${renderOrigin(origin)}`)];
  return lines.map((line) => `${escapeControls(line)}\n`).join('');
}

function renderValue(value: LeafValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `devfile.yaml:40:18`, `variable PYTHON_VERSION  devfile.yaml:19:3`, `default  devfile: exposure is public …`. */
function renderOrigin({ kind, file, line, column, detail }: Origin): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  if (kind === 'file') return [place, detail].filter(Boolean).join('  ');
  if (kind === 'override') return [kind, place, detail].filter(Boolean).join('  ');
  if (kind === 'variable') return [[kind, detail].filter(Boolean).join(' '), place].filter(Boolean).join('  ');
  return [kind, detail, place].filter(Boolean).join('  ');
}

/** Control characters, and those that hide or reorder text, as escapes: a value cannot move the cursor or forge a line. */
function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
