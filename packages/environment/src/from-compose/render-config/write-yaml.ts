import { resolveScalar } from '../tree/resolve-scalar.ts';
import type { Output } from './lay-out.ts';

interface YamlStyle {
  /** The column after which long texts are broken. Default: 80, as docker compose has it. */
  readonly widest?: number;
}

/** The value as YAML, laid out and quoted as docker compose does. */
export function writeYaml(value: Output, { widest = 80 }: YamlStyle = {}): string {
  if (value instanceof Map && value.size > 0) return writeMap(value, 0, widest);
  if (Array.isArray(value) && value.length > 0) return writeList(value, 0, widest);
  return `${writeScalar(value, 0, 0, widest)}\n`;
}

function writeMap(map: ReadonlyMap<string, Output>, indent: number, widest: number): string {
  const pad = ' '.repeat(indent);
  let text = '';
  for (const [key, value] of map) {
    const head = `${pad}${writeKey(key)}:`;
    text +=
      head +
      (isFilled(value)
        ? `\n${writeBlock(value, indent + 2, widest)}`
        : ` ${writeScalar(value, indent, head.length + 1, widest)}\n`);
  }
  return text;
}

function writeList(list: readonly Output[], indent: number, widest: number): string {
  const pad = ' '.repeat(indent);
  return list
    .map((item) => {
      // The first line of a map or a list stands behind the dash.
      if (isFilled(item)) return `${pad}- ${writeBlock(item, indent + 2, widest).slice(indent + 2)}`;
      return `${pad}- ${writeScalar(item, indent, indent + 2, widest)}\n`;
    })
    .join('');
}

function writeBlock(value: Output, indent: number, widest: number): string {
  return value instanceof Map ? writeMap(value, indent, widest) : writeList(value as readonly Output[], indent, widest);
}

function isFilled(value: Output): boolean {
  return (value instanceof Map && value.size > 0) || (Array.isArray(value) && value.length > 0);
}

/** `column` is where the scalar begins; lines that it goes on in stand two further in than `indent`. */
function writeScalar(value: Output, indent: number, column: number, widest: number): string {
  if (value instanceof Map) return '{}';
  if (Array.isArray(value)) return '[]';
  if (typeof value !== 'string') return String(value);
  return value.includes('\n') ? writeLines(value, indent + 2) : fold(quote(value), column, indent + 2, widest);
}

/** Breaks a long scalar at the first single blank past the width. */
function fold(text: string, start: number, indent: number, widest: number): string {
  if (start + text.length <= widest) return text;
  let column = start;
  let result = '';
  let isAfterBlank = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    const isBlank = character === ' ';
    if (isBlank && !isAfterBlank && column > widest && text[index + 1] !== ' ' && index < text.length - 1) {
      result += `\n${' '.repeat(indent)}`;
      column = indent;
    } else {
      result += character;
      column += 1;
    }
    isAfterBlank = isBlank;
  }
  return result;
}

function writeKey(key: string): string {
  return key.includes('\n') ? writeDoubleQuoted(key) : quote(key);
}

/** What is written as an escape: control characters, tabs, and what lies beyond the first plane. */
const unprintable = /[^\n\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;

function quote(text: string): string {
  if (unprintable.test(text)) {
    return writeDoubleQuoted(text);
  }
  if (isResolved(text)) return writeDoubleQuoted(text);
  return isPlain(text) ? text : `'${text.replaceAll("'", "''")}'`;
}

/** True for a text that would be read as something else than a text. */
function isResolved(text: string): boolean {
  const isDate = /^\d{4}-\d{1,2}-\d{1,2}([Tt ]|$)/.test(text) && /^[\d\-:.TtZz+ ]+$/.test(text);
  const isSpecial = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/.test(text);
  return (
    isDate || /^[-+]?(\d[\d_]*|0[xob][\da-f]{14,})$/i.test(text) || isSpecial || typeof resolveScalar(text) !== 'string'
  );
}

/** What YAML 1.1 reads as a boolean, as a number of base 60 or as a merge. */
const oldWords = /^((y|yes|on|n|no|off)|<<|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)$/i;

function isPlain(text: string): boolean {
  if (oldWords.test(text)) return false;
  if (/^[ #,[\]{}&*!|>'"%@`]/.test(text) || text.endsWith(' ') || text.startsWith('---') || text.startsWith('...'))
    return false;
  if (/^[-?:](\s|$)/.test(text)) return false;
  return !/:(\s|$)/.test(text) && !/\s#/.test(text);
}

/** Several lines as a block that keeps them; where a block cannot hold them, in quotes. */
function writeLines(text: string, indent: number): string {
  if (unprintable.test(text.replaceAll('\t', ' ')) || / (\n|$)/.test(text)) return writeDoubleQuoted(text);
  const pad = ' '.repeat(indent);
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomping = text.endsWith('\n') ? (/(^|\n)\n$/.test(text) ? '+' : '') : '-';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : `${pad}${line}`));
  return `|${hint}${chomping}\n${lines.join('\n')}`;
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\u001b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function writeDoubleQuoted(text: string): string {
  let result = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const short = shortEscapes[character];
    if (short !== undefined) result += short;
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0))
      result += `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
    else if (code > 0xffff) result += `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
    else if (code === 0xfeff || (code >= 0xd800 && code <= 0xdfff)) result += `\\u${code.toString(16).toUpperCase()}`;
    else result += character;
  }
  return `"${result}"`;
}
