import { Composer, type CST, Lexer, type ParsedNode, Parser } from 'yaml';
import type { DiagnosticCode } from './codes.ts';
import type { Limits } from './limits.ts';

/** A limit that a text breaks. */
export interface YamlExcess {
  readonly code: Extract<DiagnosticCode, 'devfile.too-deep' | 'devfile.too-many-keys'>;
  readonly message: string;
  /** Where it was seen, in UTF-16 units. */
  readonly offset: number;
}

/**
 * Drives the library's lexer and parser token by token. The parser keeps its own stack, so depth and keys are seen before
 * the composer, which calls itself, is given anything.
 */
export function tokenizeYaml(text: string, limits: Limits): readonly CST.Token[] | YamlExcess {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    offset += lexeme.length;
    const excess = findExcess(parser, limits);
    if (excess !== undefined) return { ...excess, offset };
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

/** Scalars and tags stay as they are written: what they mean is their reader's business. */
export function createComposer(): Composer<ParsedNode> {
  return new Composer<ParsedNode>({
    version: '1.1',
    schema: 'failsafe',
    resolveKnownTags: false,
    merge: false,
    uniqueKeys: false,
    logLevel: 'silent',
  });
}

function findExcess(parser: Parser, limits: Limits): Omit<YamlExcess, 'offset'> | undefined {
  // The stack also holds the document and the scalar being read.
  if (parser.stack.length > limits.depth + 2) {
    return { code: 'devfile.too-deep', message: `maps and lists lie more than ${limits.depth} levels deep` };
  }
  const top = parser.stack.at(-1);
  const isMap = top?.type === 'block-map' || (top?.type === 'flow-collection' && top.start.type === 'flow-map-start');
  if (isMap && top.items.length > limits.keysPerMap) {
    return { code: 'devfile.too-many-keys', message: `one map has more than ${limits.keysPerMap} keys` };
  }
  return undefined;
}
