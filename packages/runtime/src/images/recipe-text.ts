import { type Diagnostic, findNearNames, type Severity } from '@devstead/kit';
import type { Document, Node } from 'yaml';
import { type RecipeCode, recipeCodes } from './recipe-codes.ts';
import { checkRecipeFields, type FieldProblem, type RecipePath, type RecipeText } from './recipe-fields.ts';

/** A recipe.yaml as it was read. */
export interface RecipeReading {
  /** Absent when there are errors. */
  readonly value?: RecipeText;
  readonly diagnostics: readonly Diagnostic[];
  /** The place of the value at a path, or of the nearest one above it that is there. */
  readonly locate: (path: RecipePath) => RecipePlace;
}

/** Lines and columns count from 1. */
export interface RecipePlace {
  readonly line: number;
  readonly column: number;
  readonly endColumn?: number;
}

const largestBytes = 32 * 1024;
const deepest = 16;
const shownSyntaxErrors = 20;

/** Reads the text of a recipe.yaml; all its problems (`recipe.*`) come back together, with their places. */
export async function readRecipeText(text: string, file: string): Promise<RecipeReading> {
  const nowhere = (): RecipePlace => ({ line: 1, column: 1 });
  const fail = (code: RecipeCode, message: string, place: RecipePlace): RecipeReading => ({
    diagnostics: [makeDiagnostic(code, message, file, place)],
    locate: nowhere,
  });
  if (Buffer.byteLength(text) > largestBytes) {
    return fail('recipe.too-large', `recipe.yaml has more than ${largestBytes} bytes`, nowhere());
  }
  // Only commands that look at recipes pay for the YAML parser.
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const placeAt = (from: number, to = from): RecipePlace => {
    const start = lines.linePos(from);
    const end = lines.linePos(to);
    const place = { line: Math.max(1, start.line), column: Math.max(1, start.col) };
    return end.line === start.line && end.col > start.col ? { ...place, endColumn: end.col } : place;
  };
  const tooDeep = findDepth(yaml, text);
  if (tooDeep !== undefined) {
    const line = text.slice(0, tooDeep).split('\n').length;
    return fail('recipe.yaml-syntax', `maps and lists lie more than ${deepest} levels deep`, { line, column: 1 });
  }
  const document = yaml.parseDocument(text, { lineCounter: lines, logLevel: 'silent', prettyErrors: false });
  const locate = (path: RecipePath, isKey = false): RecipePlace => {
    const range = findRange(yaml, document, path, isKey);
    return range === undefined ? nowhere() : placeAt(...range);
  };
  const syntax = document.errors
    .slice(0, shownSyntaxErrors)
    .map(({ message, pos }) => makeDiagnostic('recipe.yaml-syntax', message, file, placeAt(...pos)));
  if (syntax.length > 0) return { diagnostics: syntax, locate };
  const alias = findAlias(yaml, document);
  if (alias !== undefined) return fail('recipe.yaml-syntax', 'aliases have no place in a recipe', placeAt(...alias));
  const { value, problems } = checkRecipeFields(document.toJS());
  const diagnostics = problems.map((problem) => {
    return makeDiagnostic(problem.code, problem.message, file, locate(problem.path, problem.isKey), {
      path: problem.path.join('.'),
      hint: makeHint(problem),
    });
  });
  return { ...(value === undefined ? {} : { value }), diagnostics, locate };
}

/** A diagnostic of a recipe; the hint is its code's cure unless another is given. */
export function makeDiagnostic(
  code: RecipeCode,
  message: string,
  file: string,
  place: RecipePlace,
  more: { readonly path?: string; readonly hint?: string; readonly severity?: Severity } = {},
): Diagnostic {
  const { path = '', hint = recipeCodes[code].cure, severity = 'error' } = more;
  return { code, severity, message, file, ...place, ...(path === '' ? {} : { path }), hint };
}

function makeHint({ code, misspelt }: FieldProblem): string {
  const [near] = misspelt === undefined ? [] : findNearNames(misspelt.written, misspelt.known);
  return near === undefined ? recipeCodes[code].cure : `Did you mean \`${near}\`?`;
}

type Yaml = typeof import('yaml');

/**
 * Where the text goes too deep. The parser keeps a stack of its own; what composes values from its tokens calls itself,
 * and is given nothing that could exhaust that.
 */
function findDepth(yaml: Yaml, text: string): number | undefined {
  const parser = new yaml.Parser();
  let offset = 0;
  for (const lexeme of new yaml.Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    offset += lexeme.length;
    if (parser.stack.length > deepest) return offset;
  }
  return undefined;
}

/** The place of the first alias. One could stand for a great deal of text. */
function findAlias(yaml: Yaml, document: Document): [number, number] | undefined {
  let found: [number, number] | undefined;
  yaml.visit(document, {
    Alias(_key, { range }) {
      found = [range?.[0] ?? 0, range?.[1] ?? 0];
      return yaml.visit.BREAK;
    },
  });
  return found;
}

function findRange(
  { isCollection, isMap, isScalar, isSeq }: Yaml,
  document: Document,
  path: RecipePath,
  isKey: boolean,
): [number, number] | undefined {
  let node = document.contents as Node | null;
  let key: Node | null = null;
  for (const segment of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(segment));
      if (pair === undefined) break;
      key = pair.key as Node;
      node = pair.value as Node | null;
    } else if (isSeq(node) && typeof segment === 'number') {
      key = null;
      node = (node.items[segment] ?? null) as Node | null;
    } else break;
  }
  const isShownByKey = key !== null && (isKey || node === null || isCollection(node));
  const range = (isShownByKey ? key : node)?.range;
  return range === null || range === undefined ? undefined : [range[0], range[1]];
}
