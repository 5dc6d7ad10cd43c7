import { type Diagnostic, hasErrors } from '@devstead/kit';
import type { Document } from 'yaml';
import { buildValue } from './build-value.ts';
import { type DiagnosticCode, diagnosticTable } from './codes.ts';
import { cutText } from './document-path.ts';
import { explainSyntax, type SyntaxError } from './explain-syntax.ts';
import { type Limits, limits as usualLimits } from './limits.ts';
import { LineIndex } from './line-index.ts';
import { createPositions, type Positions } from './positions.ts';
import { createComposer, tokenizeYaml, type YamlExcess } from './tokenize-yaml.ts';
import { createYamlSource } from './yaml-source.ts';

/** A YAML or JSON text as a value. Maps have no prototype, so a key such as `__proto__` is a key and nothing else. */
export interface YamlReading {
  /** `null` for an empty document. Absent when the text cannot be read. */
  readonly value?: unknown;
  readonly positions: Positions;
  /** `devfile.yaml-*` and `devfile.too-*`. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Syntax errors follow from each other; after this many nobody learns more. */
const shownSyntaxErrors = 20;
const shownProblems = 1000;

/**
 * Reads the first YAML document of a text that `preScan` let pass. Scalars have their YAML 1.1 meaning (devfile-v2
 * 1.9); with a key written twice the last one counts.
 */
export function readYaml(text: string, file: string, limits: Limits = usualLimits): YamlReading {
  const lines = new LineIndex(text);
  const diagnostics: Diagnostic[] = [];
  const add = (
    code: DiagnosticCode,
    severity: Diagnostic['severity'],
    message: string,
    start: number,
    end = start,
    hint: string = diagnosticTable[code].cure,
  ) => {
    const isFull = diagnostics.length >= shownProblems;
    if (isFull && (severity !== 'error' || hasErrors(diagnostics))) return;
    const { line, column } = lines.locate(Math.min(start, text.length));
    const to = lines.locate(Math.min(end, text.length));
    const endColumn = to.line === line && to.column > column ? to.column : column + 1;
    diagnostics.push({
      code,
      severity,
      message: cutText(message),
      file,
      line,
      column,
      endColumn,
      hint: cutText(hint),
    });
  };
  const composed = withoutStackTraces(() => compose(text, limits));
  const { document, excess } = composed;
  const aliasTargets = new Map();
  const readRoot = () => createYamlSource(document?.contents ?? null, aliasTargets);
  const positions = createPositions({ text, file, readRoot });
  if (excess !== undefined) {
    add(excess.code, 'error', excess.message, excess.offset);
    return { positions, diagnostics };
  }
  const errors = document?.errors.slice(0, shownSyntaxErrors).map(({ code, message, pos: [start, end] }) => {
    return { code, message: firstLine(message), start, end };
  });
  const addSyntax = (errors: readonly SyntaxError[]) => {
    for (const { message, start, end, hint } of explainSyntax(text, errors)) {
      add('devfile.yaml-syntax', 'error', message, start, end, hint);
    }
  };
  addSyntax(errors ?? []);
  if (diagnostics.length > 0) return { positions, diagnostics };
  if (composed.nextDocument !== undefined) {
    add('devfile.yaml-multiple-documents', 'warning', 'only the first YAML document is read', composed.nextDocument);
  }
  const value = buildValue(document?.contents ?? null, {
    aliasTargets,
    limits,
    report: ({ code, severity, message, start, end }) => {
      if (code === 'devfile.yaml-syntax') addSyntax([{ code: '', message, start, end }]);
      else add(code, severity, message, start, end);
    },
  });
  return hasErrors(diagnostics) ? { positions, diagnostics } : { value, positions, diagnostics };
}

interface Composed {
  readonly document?: Document.Parsed;
  /** Where a second document with contents starts. */
  readonly nextDocument?: number;
  readonly excess?: YamlExcess;
}

function compose(text: string, limits: Limits): Composed {
  const tokens = tokenizeYaml(text, limits);
  if ('code' in tokens) return { excess: tokens };
  const composer = createComposer();
  const documents: Document.Parsed[] = [];
  let wrongTokens = 0;
  for (const token of tokens) {
    if (token.type === 'error') wrongTokens++;
    documents.push(...composer.next(token));
    if (documents.length > 1 || wrongTokens > shownSyntaxErrors) break;
  }
  if (documents.length < 2) documents.push(...composer.end(true, text.length));
  const [document, next] = documents;
  const nextDocument = next?.contents?.range[0];
  return { ...(document === undefined ? {} : { document }), ...(nextDocument === undefined ? {} : { nextDocument }) };
}

/** The library makes an error for each mistake, and where each was made takes most of the time and is not asked for. */
function withoutStackTraces<T>(work: () => T): T {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = before;
  }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
