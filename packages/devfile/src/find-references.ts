/** One `{{ name }}` in a text. */
export interface VariableReference {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Finds variable references as `\{\{\s*(.*?)\s*\}\}` does, from left to right without overlap, but in time linear in the
 * text's length whatever it holds (devfile-v2 1.4).
 */
export function findReferences(text: string): VariableReference[] {
  const found: VariableReference[] = [];
  let close = -1;
  let nameEnd = -1;
  let lineBreak = -1;
  let open = text.indexOf('{{');
  while (open !== -1) {
    const start = skipSpace(text, open + 2);
    if (close < start) {
      close = text.indexOf('}}', start);
      if (close === -1) break;
      nameEnd = close;
      while (isSpace(text[nameEnd - 1])) nameEnd--;
    }
    if (lineBreak < start) lineBreak = text.indexOf('\n', start);
    if (lineBreak === -1) lineBreak = text.length;
    const end = Math.max(nameEnd, start);
    if (lineBreak < end) {
      open = text.indexOf('{{', open + 1);
    } else {
      found.push({ name: text.slice(start, end), start: open, end: close + 2 });
      open = text.indexOf('{{', close + 2);
    }
  }
  return found;
}

function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r' || char === '\f';
}

function skipSpace(text: string, from: number): number {
  let index = from;
  while (isSpace(text[index])) index++;
  return index;
}
