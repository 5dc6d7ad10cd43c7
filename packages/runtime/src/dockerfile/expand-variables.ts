/** What putting variables into a text gave. */
export interface Expansion {
  readonly text: string;
  /** Variables without a value; they stand for nothing. */
  readonly unknown: readonly string[];
}

const longest = 1 << 20;

/**
 * Puts variables into a word (Dockerfile reference, environment replacement): `$NAME`, `${NAME}`, `${NAME:-other}`,
 * `${NAME-other}`, `${NAME:+other}`, `${NAME+other}`; an escape character keeps a `$`. With `keepsQuotes` quotes are
 * characters like others, as in a heredoc; else they are taken away, and `'…'` keeps what is in it.
 */
export function expandVariables(
  text: string,
  variables: ReadonlyMap<string, string>,
  options: { readonly escape?: string; readonly keepsQuotes?: boolean } = {},
): Expansion {
  const { escape = '\\', keepsQuotes = false } = options;
  const unknown: string[] = [];
  let out = '';
  let quote = '';
  for (let at = 0; at < text.length && out.length < longest; at += 1) {
    const character = text[at] ?? '';
    if (character === escape && quote !== "'") {
      const next = text[at + 1];
      if (keepsQuotes && next !== '$' && next !== escape) out += character;
      else {
        out += next ?? '';
        at += 1;
      }
    } else if (!keepsQuotes && quote !== '' && character === quote) quote = '';
    else if (!keepsQuotes && quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === '$' && quote !== "'") {
      const found = readVariable(text, at + 1);
      if (found === undefined) out += character;
      else {
        at = found.end - 1;
        out += valueOf(found, variables, unknown, options);
      }
    } else out += character;
  }
  return { text: out, unknown };
}

interface Variable {
  readonly name: string;
  readonly operator: string;
  readonly word: string;
  readonly end: number;
}

function readVariable(text: string, from: number): Variable | undefined {
  if (text[from] !== '{') {
    const name = /^\w+/.exec(text.slice(from, from + 256))?.[0];
    return name === undefined ? undefined : { name, operator: '', word: '', end: from + name.length };
  }
  let depth = 1;
  let at = from + 1;
  for (; at < text.length && depth > 0; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
  }
  if (depth > 0) return undefined;
  const [, name, operator = '', word = ''] = /^(\w+)(?:(:?[-+?])([^]*))?$/.exec(text.slice(from + 1, at - 1)) ?? [];
  return name === undefined ? undefined : { name, operator, word, end: at };
}

function valueOf(
  { name, operator, word }: Variable,
  variables: ReadonlyMap<string, string>,
  unknown: string[],
  options: { readonly escape?: string },
): string {
  const value = variables.get(name);
  const isSet = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  if (operator.endsWith('+')) return isSet ? expandVariables(word, variables, options).text : '';
  if (operator.endsWith('-')) return isSet ? (value ?? '') : expandVariables(word, variables, options).text;
  if (value === undefined) unknown.push(name);
  return value ?? '';
}
