/** What a YAML parser complains about, with the part of the text. */
export interface SyntaxError {
  readonly code: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

export interface Explained {
  readonly message: string;
  readonly hint?: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Says what is wrong for a person, and shows the text that is to be changed instead of the place where the parser gave
 * up. One explanation a line: further complaints about it follow from the first.
 */
export function explainSyntax(text: string, errors: readonly SyntaxError[]): Explained[] {
  const lines = new Set<number>();
  return errors.flatMap((error) => {
    const line = readLine(text, Math.min(error.start, text.length));
    if (lines.has(line.start)) return [];
    lines.add(line.start);
    const explained = explainOne(text, error, line);
    lines.add(readLine(text, explained.start).start);
    return [explained];
  });
}

interface Line {
  readonly start: number;
  /** Offset of the first character that is no white space. */
  readonly content: number;
  /** Behind the last one, comments left out. */
  readonly end: number;
  /** Where the value behind the first colon or dash starts, if there is one on the line. */
  readonly value?: number;
}

function readLine(text: string, offset: number): Line {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const lineBreak = text.indexOf('\n', offset);
  const raw = text.slice(start, lineBreak === -1 ? text.length : lineBreak);
  const written = raw.replace(/\s#.*$/, '').trimEnd();
  const content = start + (raw.length - raw.trimStart().length);
  const lead =
    /^\s*(?:-\s+)*(?:"[^"]*"|'[^']*'|[^\s:#"'{[-][^:#{[]*)\s*:[ \t]+(?=\S)/.exec(written) ??
    /^\s*(?:-[ \t]+)+(?=\S)/.exec(written);
  return {
    start,
    content: Math.min(content, start + raw.length),
    end: start + written.length,
    ...(lead && { value: start + lead[0].length }),
  };
}

function explainOne(text: string, error: SyntaxError, line: Line): Explained {
  const { code, message } = error;
  const value = line.value === undefined ? '' : text.slice(line.value, line.end);
  const whole = { start: line.value ?? line.content, end: Math.max(line.end, line.content + 1) };
  if (value.startsWith('{{')) {
    return {
      ...whole,
      message: 'a value that starts with {{ must be in quotes, or YAML takes it for a map',
      hint: `Write ${quoteValue(value)}.`,
    };
  }
  const margin = text.slice(line.start, line.content);
  if (code === 'TAB_AS_INDENT' || margin.includes('\t')) {
    return {
      start: line.start,
      end: line.content,
      message: 'the line is indented with a tab',
      hint: 'Use spaces; YAML does not take tabs here.',
    };
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return explainColon(text, line, value, whole);
  if (code === 'BAD_SCALAR_START') {
    return {
      ...whole,
      message: `a value cannot start with ${value[0] ?? 'this character'}`,
      hint: `Put it in quotes: ${quoteValue(value)}.`,
    };
  }
  if (message.startsWith('Missing closing')) return explainOpenQuote(text, error, message.includes('"') ? '"' : "'");
  if (message.startsWith('Unexpected scalar at node end') && /^["']/.test(value)) {
    return {
      ...whole,
      message: 'there is text behind the closing quote',
      hint: `Put the whole value in quotes: ${quoteValue(value)}.`,
    };
  }
  if (message.includes('on same line with key')) {
    return { ...whole, message: 'a list starts on the line below its key', hint: 'Begin a new line before the dash.' };
  }
  if (code === 'MULTILINE_IMPLICIT_KEY' || message.startsWith('Implicit map keys')) return explainNoColon(text, line);
  if (message.startsWith('All mapping items')) return explainIndentation(text, line);
  return (
    explainBrackets(text, error) ?? {
      start: error.start,
      end: error.end,
      message: lowerFirst(message),
    }
  );
}

function explainColon(text: string, line: Line, value: string, whole: { start: number; end: number }): Explained {
  if (/:(\s|$)/.test(value.slice(1))) {
    return {
      ...whole,
      message: 'the value has a colon with a space behind it, so YAML takes it for a map',
      hint: `Put it in quotes: ${quoteValue(value)}.`,
    };
  }
  const next = readLine(text, Math.min(text.indexOf('\n', line.end) + 1 || text.length, text.length));
  return {
    start: next.content,
    end: Math.max(next.end, next.content + 1),
    message: 'the line above has a value already, so nothing can lie below it',
    hint: 'Indent it like the line above, or take the value away there.',
  };
}

/** The parser complains at the end of the text; what is missing is missing much earlier. */
function explainOpenQuote(text: string, error: SyntaxError, quote: string): Explained {
  let start = 0;
  while (start < text.length) {
    const line = readLine(text, start);
    const from = line.value ?? line.content;
    const lineBreak = text.indexOf('\n', start);
    const end = lineBreak === -1 ? text.length : lineBreak;
    const rest = text.slice(from, end);
    const inner = quote === '"' ? rest.slice(1).replaceAll(/\\./g, '  ') : rest.slice(1).replaceAll("''", '  ');
    if (rest.startsWith(quote) && !inner.includes(quote)) {
      return {
        start: from,
        end: Math.max(line.end, from + 1),
        message: 'the text that starts here has no closing quote',
        hint: `Add ${quote} where it ends.`,
      };
    }
    start = end + 1;
  }
  return {
    start: error.start,
    end: error.end,
    message: 'a closing quote is missing',
    hint: `Add ${quote} where the text ends.`,
  };
}

function explainNoColon(text: string, line: Line): Explained {
  const written = text.slice(line.content, line.end);
  const place = { start: line.content, end: Math.max(line.end, line.content + 1) };
  const glued = /^(-\s+)?([\w.-]+):(?=\S)/.exec(written);
  if (glued !== null) {
    return {
      ...place,
      message: 'there is no space behind the colon',
      hint: `Write \`${glued[2]}: ${written.slice(glued[0].length)}\`.`,
    };
  }
  if (written.startsWith('-')) {
    return {
      ...place,
      message: 'a list cannot start here, among the fields of a map',
      hint: 'Put it below a key, or indent it like the other elements of its list.',
    };
  }
  return {
    ...place,
    message: 'the line is no field: it has no colon',
    hint: 'Write `field: value`, or take the line away.',
  };
}

function explainIndentation(text: string, line: Line): Explained {
  const own = line.content - line.start;
  const isElement = text[line.content] === '-';
  const near = listColumns(text.slice(Math.max(0, line.start - 4000), line.start), own, isElement);
  return {
    start: line.content,
    end: Math.max(line.end, line.content + 1),
    message: `what is indented by ${own} ${own === 1 ? 'space' : 'spaces'} belongs to nothing above it`,
    ...(near.length > 0 && { hint: `Indent it by ${near.join(' or ')} spaces, like what it belongs to.` }),
  };
}

/** Columns of the fields, or of the dashes, that a line may go on with; the text above it, and its own column. */
function listColumns(above: string, own: number, isElement: boolean): number[] {
  const columns = new Set<number>();
  let least = Number.POSITIVE_INFINITY;
  for (const each of above.split('\n').toReversed()) {
    const [, margin = '', dashes = '', rest] = /^( *)((?:- +)*)([^\s#].*)$/.exec(each) ?? [];
    if (rest === undefined || margin.length >= least) continue;
    least = margin.length;
    if (isElement ? dashes !== '' : rest.includes(':'))
      columns.add(isElement ? margin.length : margin.length + dashes.length);
    if (least <= own) break;
  }
  const nearest = [...columns].sort((left, right) => Math.abs(left - own) - Math.abs(right - own)).slice(0, 2);
  return nearest.sort((left, right) => left - right);
}

function explainBrackets(text: string, { code, message, start, end }: SyntaxError): Explained | undefined {
  const missing = /(?:must|and) end with an? ([\]}])/.exec(message)?.[1];
  if (missing !== undefined) {
    return {
      start,
      end,
      message: `a ${missing === ']' ? 'list' : 'map'} in brackets is not closed before this`,
      hint: `Add ${missing} where it ends.`,
    };
  }
  if (code === 'BLOCK_IN_FLOW') {
    return {
      start,
      end: Math.min(end, readLine(text, start).end),
      message: 'two values stand beside each other',
      hint: 'Put a comma between them.',
    };
  }
  if (message.startsWith('Missing , ')) {
    return { start, end, message: 'a comma is missing before this', hint: 'Put a comma between the two.' };
  }
  if (message.startsWith('Unexpected ,'))
    return { start, end, message: 'there is a comma too many', hint: 'Take it away.' };
  if (/Unexpected flow-(map|seq)-end/.test(message)) {
    return {
      start,
      end,
      message: `this ${text[start] ?? 'bracket'} closes nothing`,
      hint: 'Take it away, or open what it is to close.',
    };
  }
  return undefined;
}

/** The text in quotes, as it can be put into the file. */
export function quoteValue(value: string): string {
  return value.includes("'") && !/["\\]/.test(value) ? `"${value}"` : `'${value.replaceAll("'", "''")}'`;
}

function lowerFirst(message: string): string {
  return message.slice(0, 1).toLowerCase() + message.slice(1);
}
