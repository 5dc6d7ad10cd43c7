/** What a `${NAME…}` does with its second part. */
export type Operator = ':-' | '-' | ':?' | '?' | ':+' | '+';

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | {
      readonly kind: 'operation';
      readonly name: string;
      readonly operator: Operator;
      readonly rest: readonly TemplatePart[];
    };

export interface TemplateFault {
  /** Index in the text where the fault begins. */
  readonly offset: number;
  readonly message: string;
}

export type Template = { readonly parts: readonly TemplatePart[] } | { readonly fault: TemplateFault };

/** Variables inside the defaults of variables; more is an accident or an attack. */
const deepest = 32;
const nameStart = /[A-Za-z_]/;
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*/;
const operatorPattern = /^:?[-?+]/;

/**
 * Takes a text with `$NAME`, `${NAME}`, `${NAME:-default}` and the like apart (Compose Specification, Interpolation).
 * `$$` is a dollar sign, and so is one that no name and no brace follows.
 */
export function parseTemplate(text: string): Template {
  return parseParts(text, 0, 0);
}

function parseParts(text: string, base: number, depth: number): Template {
  const parts: TemplatePart[] = [];
  let literal = '';
  const flush = () => {
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
  };
  for (let index = 0; index < text.length; ) {
    const dollar = text.indexOf('$', index);
    if (dollar === -1) {
      literal += text.slice(index);
      break;
    }
    literal += text.slice(index, dollar);
    const next = text[dollar + 1] ?? '';
    if (next === '{') {
      const braced = parseBraced(text, dollar, base, depth);
      if ('fault' in braced) return braced;
      flush();
      parts.push(braced.part);
      index = braced.end;
    } else if (nameStart.test(next)) {
      const name = namePattern.exec(text.slice(dollar + 1))?.[0] ?? '';
      flush();
      parts.push({ kind: 'variable', name });
      index = dollar + 1 + name.length;
    } else {
      literal += '$';
      index = dollar + (next === '$' ? 2 : 1);
    }
  }
  flush();
  return { parts };
}

type Braced = { readonly part: TemplatePart; readonly end: number } | { readonly fault: TemplateFault };

function parseBraced(text: string, dollar: number, base: number, depth: number): Braced {
  const offset = base + dollar;
  if (depth >= deepest)
    return { fault: { offset, message: `variables lie more than ${deepest} levels inside each other` } };
  const close = findClosingBrace(text, dollar + 1);
  if (close === -1) return { fault: { offset, message: 'the brace after $ is not closed' } };
  const inner = text.slice(dollar + 2, close);
  const name = namePattern.exec(inner)?.[0];
  if (name === undefined)
    return { fault: { offset, message: `\${${inner}} does not begin with the name of a variable` } };
  const after = inner.slice(name.length);
  if (after === '') return { part: { kind: 'variable', name }, end: close + 1 };
  const operator = operatorPattern.exec(after)?.[0] as Operator | undefined;
  if (operator === undefined) {
    return { fault: { offset, message: `after the name ${name} comes one of :- - :? ? :+ + or the closing brace` } };
  }
  const restStart = dollar + 2 + name.length + operator.length;
  const rest = parseParts(after.slice(operator.length), base + restStart, depth + 1);
  if ('fault' in rest) return rest;
  return { part: { kind: 'operation', name, operator, rest: rest.parts }, end: close + 1 };
}

/** The brace that closes the one at `open`, braces inside counted. */
function findClosingBrace(text: string, open: number): number {
  let depth = 0;
  for (let index = open; index < text.length; index += 1) {
    if (text[index] === '{') depth += 1;
    if (text[index] === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}
