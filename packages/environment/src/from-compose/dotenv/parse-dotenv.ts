import { type LookUp, substitute, type Variable } from '../interpolation/substitute.ts';

export interface DotenvProblem {
  readonly line: number;
  readonly message: string;
  /** A warning: the file can be used. */
  readonly isMinor?: true;
}

export interface DotenvReading {
  /** By name; the last line of a name counts. */
  readonly variables: ReadonlyMap<string, Variable>;
  readonly problems: readonly DotenvProblem[];
}

interface Options {
  readonly file: string;
  /** Variables that are set outside the file and win over it in its own `${NAME}`. */
  readonly lookUp: LookUp;
  /** Variables of files read before. */
  readonly earlier?: ReadonlyMap<string, Variable>;
}

const spaces = /[\t\v\f\r \u0085\u00A0]/;
const nameLetter = /[\p{L}\p{N}_.\-[\]\t\v\f\r \u0085\u00A0]/u;
const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  c: '\\c',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  $: '$$',
};

/**
 * Reads a `.env` file as docker compose does: `NAME=value`, `NAME: value`, `export`, comments after a blank, single
 * quotes as they stand, double quotes with escapes and variables, quotes over several lines, and a bare NAME that takes
 * its value from outside. The first fault ends the reading.
 */
export function parseDotenv(text: string, options: Options): DotenvReading {
  return new DotenvParser(text.replace(/^\uFEFF/, ''), options).parse();
}

/** `format: raw`: every line is `NAME=value` as it stands, without quotes, comments or variables. */
export function parseRawEnvironment(text: string, file: string): DotenvReading {
  const variables = new Map<string, Variable>();
  for (const [index, written] of text.split('\n').entries()) {
    const line = written.replace(/\r$/, '');
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const equals = line.indexOf('=');
    if (equals > 0) variables.set(line.slice(0, equals), { value: line.slice(equals + 1), file, line: index + 1 });
  }
  return { variables, problems: [] };
}

class DotenvParser {
  private readonly text: string;
  private readonly options: Options;
  private readonly variables = new Map<string, Variable>();
  private readonly problems: DotenvProblem[] = [];
  private offset = 0;
  private line = 1;

  constructor(text: string, options: Options) {
    this.text = text;
    this.options = options;
  }

  parse(): DotenvReading {
    while (this.skipToStatement() && this.readStatement());
    return { variables: this.variables, problems: this.problems };
  }

  /** To the next character that is neither blank nor in a comment; false at the end. */
  private skipToStatement(): boolean {
    while (this.offset < this.text.length) {
      const character = this.text[this.offset] ?? '';
      if (character === '#') this.offset = this.endOfLine();
      else if (/\s/.test(character)) this.advance();
      else return true;
    }
    return false;
  }

  private readStatement(): boolean {
    const exported = /^export[\t\v\f\r ]+/.exec(this.text.slice(this.offset, this.offset + 64));
    if (exported !== null) this.offset += exported[0].length;
    const start = this.offset;
    const line = this.line;
    while (this.offset < this.text.length && !'=:\n'.includes(this.text[this.offset] ?? '')) {
      const character = String.fromCodePoint(this.text.codePointAt(this.offset) ?? 0);
      if (!nameLetter.test(character))
        return this.fail(`the name of a variable cannot have ${JSON.stringify(character)}`);
      this.offset += character.length;
    }
    const name = this.text.slice(start, this.offset).trimEnd();
    if (/\s/.test(name)) return this.fail('the name of a variable cannot have a blank');
    const separator = this.text[this.offset] ?? '\n';
    if (this.offset < this.text.length) this.advance();
    if (separator === '\n') {
      const inherited = this.options.lookUp(name);
      if (inherited !== undefined) this.variables.set(name, inherited);
      return true;
    }
    while (this.offset < this.text.length && spaces.test(this.text[this.offset] ?? '')) this.offset += 1;
    const value = this.readValue(line);
    if (value === undefined) return false;
    this.variables.set(name, { value, file: this.options.file, line });
    return true;
  }

  private readValue(line: number): string | undefined {
    const quote = this.text[this.offset];
    if (quote === '"' || quote === "'") return this.readQuoted(quote, line);
    const end = this.endOfLine();
    const written = this.text.slice(this.offset, end).split(' #', 1)[0] ?? '';
    this.offset = end;
    return this.expand(written.trimEnd(), line);
  }

  private readQuoted(quote: string, line: number): string | undefined {
    let value = '';
    for (this.offset += 1; this.offset < this.text.length; this.advance()) {
      const character = this.text[this.offset] ?? '';
      if (character === quote) {
        this.offset += 1;
        return quote === '"' ? this.expand(expandEscapes(value), line) : value;
      }
      if (character !== '\\' || this.offset + 1 >= this.text.length) {
        value += character;
        continue;
      }
      const next = this.text[this.offset + 1] ?? '';
      // The quote is the only character a backslash hides here; what else it means comes after.
      value += next === quote ? quote : `\\${next}`;
      this.advance();
    }
    this.line = line;
    this.fail('the quotes are not closed');
    return undefined;
  }

  private expand(value: string, line: number): string | undefined {
    if (!value.includes('$')) return value;
    const { lookUp, earlier } = this.options;
    const result = substitute(value, (name) => lookUp(name) ?? this.variables.get(name) ?? earlier?.get(name));
    if (result.fault !== undefined || result.missing !== undefined) {
      const { missing, fault } = result;
      const why = missing === undefined ? fault?.message : `it needs the variable ${missing.name}: ${missing.message}`;
      this.problems.push({ line, message: why ?? '' });
      return undefined;
    }
    for (const name of result.unset) {
      this.problems.push({ line, message: `the variable ${name} is not set`, isMinor: true });
    }
    return result.text;
  }

  private endOfLine(): number {
    const end = this.text.indexOf('\n', this.offset);
    return end === -1 ? this.text.length : end;
  }

  private advance(): void {
    if (this.text[this.offset] === '\n') this.line += 1;
    this.offset += 1;
  }

  private fail(message: string): false {
    this.problems.push({ line: this.line, message });
    return false;
  }
}

/** Backslash sequences of double quotes; `\$` stays a dollar sign through the variables. */
function expandEscapes(value: string): string {
  return value.replace(/\\(?:([abcfnrtv"\\$])|0(\d{0,3}))/g, (match, letter: string | undefined, octal?: string) => {
    if (letter !== undefined) return escapes[letter] ?? match;
    if (octal === undefined || !/^[0-7]{3}$/.test(octal)) return match;
    return String.fromCodePoint(Number.parseInt(octal, 8));
  });
}
