import type { Diagnostic } from '@devstead/kit';
import { type DiagnosticCode, diagnosticTable } from './codes.ts';
import { type Limits, limits as usualLimits } from './limits.ts';

interface Level {
  readonly kind: 'map' | 'list' | 'flow-map' | 'flow-list';
  readonly column: number;
  keys: number;
}

/**
 * Looks once over the raw text, in time linear in its length, before the YAML library sees it: size, depth, keys of a
 * map, aliases. It knows quotes, comments, block scalars and brackets as far as that needs; `read-yaml.ts` holds the
 * same limits exactly while it parses. Gives the first `devfile.too-*` diagnostic, or nothing.
 */
export function preScan(text: string, file: string, limits: Limits = usualLimits): Diagnostic | undefined {
  const tooLarge = checkSize(text, file, limits);
  if (tooLarge !== undefined) return tooLarge;
  const found = new Scanner(text, limits).scan();
  if (found === undefined) return undefined;
  const before = text.slice(0, found.offset);
  const line = before.split('\n').length;
  return describe(found.code, found.message, file, line, found.offset - before.lastIndexOf('\n'));
}

/** Gives `devfile.too-large`, or nothing. */
export function checkSize(text: string, file: string, limits: Limits): Diagnostic | undefined {
  // A UTF-16 unit has one to three bytes; counting is only needed between.
  if (text.length * 3 <= limits.bytes) return undefined;
  const bytes = text.length > limits.bytes ? text.length : new TextEncoder().encode(text).length;
  if (bytes <= limits.bytes) return undefined;
  return describe('devfile.too-large', `the file has more than ${limits.bytes} bytes`, file, 1, 1);
}

function describe(code: DiagnosticCode, message: string, file: string, line: number, column: number): Diagnostic {
  return { code, severity: 'error', message, file, line, column, hint: diagnosticTable[code].cure };
}

interface Finding {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly offset: number;
}

const blank = new Set([' ', '\t', '\n', '\r', '']);
const flowEnd = new Set([...blank, ',', '[', ']', '{', '}']);

class Scanner {
  private readonly text: string;
  private readonly limits: Limits;
  private readonly levels: Level[] = [];
  private flowDepth = 0;
  private aliases = 0;
  private offset = 0;
  private lineStart = 0;
  /** Where the node now read started; a `:` makes it a key of the map in that column. */
  private nodeColumn = 0;
  /** True where a node may start, and quotes, brackets and indicators have their meaning. */
  private atNodeStart = true;
  /** Column below which a block scalar ends, while one is read. */
  private blockScalarParent: number | undefined;
  private finding: Finding | undefined;

  constructor(text: string, limits: Limits) {
    this.text = text;
    this.limits = limits;
  }

  scan(): Finding | undefined {
    while (this.offset < this.text.length && this.finding === undefined) {
      this.startLine();
      this.scanLine();
    }
    return this.finding;
  }

  private startLine(): void {
    const { text } = this;
    this.lineStart = this.offset;
    while (text[this.offset] === ' ') this.offset++;
    if (this.flowDepth > 0) return;
    const column = this.offset - this.lineStart;
    const first = text[this.offset] ?? '';
    const isBlank = first === '\n' || first === '\r' || first === '';
    if (this.blockScalarParent !== undefined) {
      if (isBlank || column > this.blockScalarParent) return this.skipLine();
      this.blockScalarParent = undefined;
      this.atNodeStart = true;
    }
    if (isBlank || first === '#') return this.skipLine();
    if (column === 0 && /^(---|\.\.\.)(?=\s|$)/.test(text.slice(this.offset, this.offset + 4))) {
      this.levels.length = 0;
      this.offset += 3;
      this.atNodeStart = true;
      return;
    }
    while ((this.levels.at(-1)?.column ?? -1) > column) this.levels.pop();
    // A line deeper than the plain text before it goes on with that text: nothing starts there.
    const isContinued = !this.atNodeStart && column > (this.levels.at(-1)?.column ?? -1);
    this.atNodeStart = !isContinued;
    this.nodeColumn = column;
  }

  private scanLine(): void {
    while (this.offset < this.text.length && this.finding === undefined) {
      const char = this.text[this.offset] ?? '';
      if (char === '\n') {
        this.offset++;
        return;
      }
      if (blank.has(char)) this.offset++;
      else if (char === '#' && blank.has(this.text[this.offset - 1] ?? '')) return this.skipLine();
      else if (this.atNodeStart && this.startNode(char)) continue;
      else this.continueText(char);
    }
  }

  /** Reads what has a meaning at the start of a node only; false when it is plain text. */
  private startNode(char: string): boolean {
    const column = this.offset - this.lineStart;
    const next = this.text[this.offset + 1] ?? '';
    if (char === '"' || char === "'") {
      this.nodeColumn = column;
      this.skipQuoted(char);
      this.atNodeStart = false;
    } else if (char === '[' || char === '{') {
      this.open(char === '[' ? 'flow-list' : 'flow-map', column);
      this.flowDepth++;
      this.offset++;
    } else if ((char === '-' || char === '?') && blank.has(next)) {
      if (this.flowDepth === 0) this.open(char === '-' ? 'list' : 'map', column);
      this.offset++;
    } else if (char === '&' || char === '!') {
      this.skipWord();
    } else if (char === '*') {
      this.aliases++;
      if (this.aliases > this.limits.aliases) {
        this.find('devfile.too-many-aliases', `the file has more than ${this.limits.aliases} aliases`);
      }
      this.nodeColumn = column;
      this.skipWord();
      this.atNodeStart = false;
    } else if ((char === '|' || char === '>') && this.flowDepth === 0) {
      this.blockScalarParent = this.levels.at(-1)?.column ?? -1;
      this.skipLine();
    } else {
      if (this.flowDepth === 0 && char !== ':') this.nodeColumn = column;
      return false;
    }
    return true;
  }

  private continueText(char: string): void {
    const isFlow = this.flowDepth > 0;
    const next = this.text[this.offset + 1] ?? '';
    this.offset++;
    if (char === ':' && (isFlow ? flowEnd : blank).has(next)) {
      if (!isFlow) this.open('map', this.nodeColumn);
      this.atNodeStart = true;
    } else if (isFlow && char === ',') {
      this.countKey();
      this.atNodeStart = true;
    } else if (isFlow && (char === ']' || char === '}')) {
      this.levels.pop();
      this.flowDepth--;
      this.atNodeStart = false;
    } else if (isFlow && (char === '[' || char === '{')) {
      this.offset--;
      this.startNode(char);
      this.atNodeStart = true;
    } else {
      this.atNodeStart = isFlow && char === ':' && this.text[this.offset - 2] === '"';
    }
  }

  private open(kind: Level['kind'], column: number): void {
    if (kind === 'map' && this.levels.at(-1)?.kind === 'list' && this.levels.at(-1)?.column === column) {
      this.levels.pop();
    }
    const top = this.levels.at(-1);
    if (top === undefined || top.kind !== kind || top.column !== column || kind.startsWith('flow')) {
      this.levels.push({ kind, column, keys: 0 });
      if (this.levels.length > this.limits.depth) {
        this.find('devfile.too-deep', `maps and lists lie more than ${this.limits.depth} levels deep`);
      }
    }
    if (kind === 'map') this.countKey();
  }

  private countKey(): void {
    const top = this.levels.at(-1);
    if (top === undefined || (top.kind !== 'map' && top.kind !== 'flow-map')) return;
    top.keys++;
    if (top.keys > this.limits.keysPerMap) {
      this.find('devfile.too-many-keys', `one map has more than ${this.limits.keysPerMap} keys`);
    }
  }

  private find(code: DiagnosticCode, message: string): void {
    this.finding ??= { code, message, offset: Math.min(this.offset, this.text.length) };
  }

  /** Goes to the line's end; the line break itself is left for `scanLine`. */
  private skipLine(): void {
    const end = this.text.indexOf('\n', this.offset);
    this.offset = end === -1 ? this.text.length : end;
  }

  private skipWord(): void {
    const ends = this.flowDepth > 0 ? flowEnd : blank;
    while (!ends.has(this.text[this.offset] ?? '')) this.offset++;
  }

  private skipQuoted(quote: string): void {
    const { text } = this;
    for (this.offset++; this.offset < text.length; this.offset++) {
      const char = text[this.offset];
      if (char === '\n') this.lineStart = this.offset + 1;
      else if (quote === '"' && char === '\\') this.offset++;
      else if (char === quote && quote === "'" && text[this.offset + 1] === quote) this.offset++;
      else if (char === quote) break;
    }
    this.offset = Math.min(this.offset + 1, text.length);
  }
}
