import type { Diagnostic, DiagnosticStep, Severity } from '@devstead/kit';

interface RenderOptions {
  /** ANSI colours. Default: none. */
  readonly color?: boolean;
  /** Columns for the source line. Default: 100. */
  readonly width?: number;
}

const colors: Readonly<Record<Severity, string>> = { error: '31', warning: '33', info: '36' };
const tabWidth = 4;

/**
 * A diagnostic as text for people: its head, the source line with the place underlined, and the hint.
 * Control characters of the user's text are shown as `\x1b`, so that nothing in a file can drive a terminal.
 */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  source: string | undefined,
  options: RenderOptions = {},
): string {
  const paint = (text: string, code: string) => (options.color === true ? `\x1b[${code}m${text}\x1b[0m` : text);
  const { severity, code, message, line, hint } = diagnostic;
  const color = colors[severity];
  const head = [paint(severity, `1;${color}`), escapeControls(code), formatPlace(diagnostic), escapeControls(message)];
  const lines = [head.filter((part) => part !== '').join('  ')];
  const text = line === undefined ? undefined : getLine(source, line);
  if (text !== undefined && line !== undefined) {
    const excerpt = cutExcerpt(text, diagnostic, options.width ?? 100);
    const number = String(line);
    lines.push(`  ${paint(`${number} |`, '2')} ${excerpt.text}`);
    const gutter = paint(`${' '.repeat(number.length)} |`, '2');
    lines.push(`  ${gutter} ${' '.repeat(excerpt.offset)}${paint('^'.repeat(excerpt.length), color)}`);
  }
  for (const step of diagnostic.chain ?? []) lines.push(`  ${paint('from:', '1')} ${formatStep(step)}`);
  if (hint !== undefined) lines.push(`  ${paint('hint:', '1')} ${escapeControls(hint)}`);
  return lines.join('\n');
}

const relations: Readonly<Record<DiagnosticStep['relation'], string>> = {
  overrides: 'in place of what stands at',
  parent: 'the parent of',
  plugin: 'a plugin of',
};

/** `the parent of devfile.yaml:4:3 (uri: parent.yaml)`. */
function formatStep(step: DiagnosticStep): string {
  const detail = step.detail === undefined ? '' : ` (${escapeControls(step.detail)})`;
  return `${relations[step.relation]} ${formatPlace(step)}${detail}`;
}

function formatPlace({ file, line, column }: Pick<Diagnostic, 'file' | 'line' | 'column'>): string {
  const place = [line, column].filter((part) => part !== undefined);
  return [escapeControls(file ?? ''), ...place].join(':');
}

function getLine(source: string | undefined, line: number): string | undefined {
  return source?.split('\n', line)[line - 1]?.replace(/\r$/, '');
}

/** The part of the line around the place, as it is shown: tabs as spaces, control characters escaped. */
function cutExcerpt(text: string, { column = 1, endColumn }: Diagnostic, width: number) {
  const start = Math.min(column - 1, text.length);
  const end = Math.min(Math.max(endColumn ?? column + 1, column + 1) - 1, Math.max(text.length, start + 1));
  const from = start < width * 0.75 ? 0 : start - Math.floor(width / 4);
  const isCut = from + width < text.length;
  const before = (from > 0 ? '...' : '') + showText(text.slice(from, start));
  const marked = showText(text.slice(start, Math.min(end, from + width)));
  const after = showText(text.slice(Math.min(end, from + width), from + width)) + (isCut ? '...' : '');
  return { text: before + marked + after, offset: measure(before), length: Math.max(measure(marked), 1) };
}

function showText(text: string): string {
  return escapeControls(text.replaceAll('\t', ' '.repeat(tabWidth)));
}

/** Wide characters (East Asian, emoji) take two columns in a terminal. */
function measure(text: string): number {
  let columns = 0;
  for (const char of text) columns += isWide(char.codePointAt(0) ?? 0) ? 2 : 1;
  return columns;
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** C0, DEL and C1 characters, line separators and the marks that turn the direction of writing. */
const controls = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escapeControls(text: string): string {
  return text.replaceAll(controls, (char) => {
    const code = char.charCodeAt(0);
    if (char === '\n') return '\\n';
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
