const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const digitsOf: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Without the white space at both ends that YAML knows: other spaces are part of a value (YAML 1.2.2, 5.5). */
function trimWhiteSpace(text: string): string {
  return trimWhiteSpaceEnd(text.replace(/^[ \t\r]+/, ''));
}

export function trimWhiteSpaceEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The text between double quotes without its escapes. */
export function unescapeDouble(inner: string): string {
  const folded = foldLines(inner);
  if (!folded.includes('\\')) return folded;
  return folded.replaceAll(/\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\n[ \t]*|.)/g, (escape) => {
    const letter = escape[1] ?? '';
    if (letter === '\n') return '';
    const digits = digitsOf[letter];
    if (digits !== undefined && escape.length === digits + 2)
      return fromCodePoint(Number.parseInt(escape.slice(2), 16));
    return escapes[letter] ?? letter;
  });
}

function fromCodePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

/** Lines of a flow scalar as one: a single break is a space, empty lines are breaks. */
export function foldLines(source: string): string {
  if (!source.includes('\n')) return source;
  const lines = source.replaceAll('\r\n', '\n').split('\n');
  const parts = [trimWhiteSpaceEnd(lines[0] ?? '')];
  let empty = 0;
  for (const [index, line] of lines.slice(1).entries()) {
    const isLast = index === lines.length - 2;
    const text = isLast ? line.replace(/^[ \t]+/, '') : trimWhiteSpace(line);
    if (text === '' && !isLast) empty++;
    else {
      const isEscaped = empty === 0 && parts.at(-1)?.endsWith('\\') === true;
      const joint = isEscaped ? '\n' : ' ';
      parts.push(empty > 0 ? '\n'.repeat(empty) : joint, text);
      empty = 0;
    }
  }
  return parts.join('');
}
