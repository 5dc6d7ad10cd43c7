import { type Document, LineCounter } from 'yaml';
import { limits } from './limits.ts';
import { preScan } from './pre-scan.ts';
import { createComposer, tokenizeYaml } from './tokenize-yaml.ts';
import { TreeBuilder, type YamlPlace, type YamlTree, type YamlTreeProblem } from './yaml-tree.ts';

/** A YAML text as trees with places, one for each document. */
export interface YamlTreeReading {
  readonly documents: readonly YamlTree[];
  /** With one among them the documents are not to be relied on. */
  readonly problems: readonly YamlTreeProblem[];
}

/** Syntax errors follow from each other; after this many nobody learns more. */
const shownProblems = 20;
/** Documents in one text; more than this is an accident or an attack. */
const mostDocuments = 50;

/**
 * Reads every YAML document of a text, keeping tags, places and how each scalar was written, so that another format
 * than a devfile can give scalars its own meaning. The limits are those of a devfile (`limits.ts`); a text that breaks
 * one is not given to the YAML library.
 */
export function readYamlTree(text: string): YamlTreeReading {
  const excess = preScan(text, '');
  if (excess !== undefined) {
    const { code, message, line = 1, column = 1 } = excess;
    const kind = toKind(code);
    return { documents: [], problems: [{ kind, message, place: { line, column, endColumn: column + 1 } }] };
  }
  const lineCounter = countLines(text);
  const problems: YamlTreeProblem[] = [];
  const report = (problem: YamlTreeProblem) => {
    if (problems.length < shownProblems) problems.push(problem);
  };
  const place = (start: number, end: number): YamlPlace =>
    new TreeBuilder(text, lineCounter, report).toPlace(start, end);
  const composed = composeDocuments(text);
  if (composed.excess !== undefined) {
    const { kind, message, offset } = composed.excess;
    return { documents: [], problems: [{ kind, message, place: place(offset, offset) }] };
  }
  for (const document of composed.documents) {
    for (const { message, pos } of document.errors) {
      report({ kind: 'syntax', message: message.split('\n', 1)[0] ?? message, place: place(pos[0], pos[1]) });
    }
  }
  if (problems.length > 0) return { documents: [], problems };
  const written = composed.documents.filter(({ contents }) => contents !== null);
  const documents = written.map(({ contents }) => new TreeBuilder(text, lineCounter, report).build(contents));
  return { documents, problems };
}

interface Composed {
  readonly documents: readonly Document.Parsed[];
  readonly excess?: { readonly kind: YamlTreeProblem['kind']; readonly message: string; readonly offset: number };
}

function composeDocuments(text: string): Composed {
  const tokens = tokenizeYaml(text, limits);
  if ('code' in tokens) return { documents: [], excess: { ...tokens, kind: toKind(tokens.code) } };
  const composer = createComposer();
  const documents = tokens.flatMap((token) => [...composer.next(token)]);
  documents.push(...composer.end(false, text.length));
  if (documents.length <= mostDocuments) return { documents };
  const message = `the text has more than ${mostDocuments} YAML documents`;
  return { documents: [], excess: { kind: 'too-many-values', message, offset: 0 } };
}

/** A kind of problem is named as the diagnostic of a devfile is. */
function toKind(code: string): YamlTreeProblem['kind'] {
  return code.slice('devfile.'.length) as YamlTreeProblem['kind'];
}

/** Counted here, because the parser forgets the line breaks in quotes that are never closed. */
function countLines(text: string): LineCounter {
  const lineCounter = new LineCounter();
  for (let start = 0; start !== -1; ) {
    lineCounter.addNewLine(start);
    const lineBreak = text.indexOf('\n', start);
    start = lineBreak === -1 ? -1 : lineBreak + 1;
  }
  return lineCounter;
}

export type { YamlPlace, YamlTree, YamlTreeProblem } from './yaml-tree.ts';
