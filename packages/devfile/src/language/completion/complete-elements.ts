import type { LanguageDocument } from '../open-document.ts';
import { describeSchema, type SchemaRecord, schemaAt, schemaWithin } from '../schema/schema-node.ts';
import { type Element1, listElements1 } from './elements1-table.ts';
import type { CompletionContext } from './find-context.ts';
import { indentWithin, putIn } from './put-in.ts';
import { renderJson, renderYaml, TabStops } from './render-shape.ts';
import { type Shape, shapeOf } from './shape.ts';
import type { CompletionItem } from './types.ts';

const nouns: Readonly<Record<string, string>> = {
  components: 'component',
  commands: 'command',
  projects: 'project',
  starterProjects: 'starter project',
  dependentProjects: 'project',
  endpoints: 'endpoint',
  env: 'variable',
  volumeMounts: 'volume mount',
};

/** New elements of a list, one for each kind it may have, with the fields it needs. */
export function completeElements(document: LanguageDocument, context: CompletionContext): CompletionItem[] {
  const { path, probe, kind } = context;
  const isItem = kind === 'item';
  const listPath = isItem ? path : path.slice(0, -1);
  const list = schemaAt(probe.version, listPath);
  const element = list === undefined ? undefined : schemaWithin(list, 0);
  if (element === undefined) return [];
  const elements1 = probe.isDevfile1 ? listElements1(listPath) : [];
  if (elements1.length > 0) return elements1.map((one) => propose1(document, context, one));
  const choices: readonly (string | undefined)[] = element.choices ?? [undefined];
  const noun = nouns[String(listPath.at(-1))] ?? 'element';
  return choices.map((choice) => {
    const chosen = choice === undefined ? element : schemaWithin(element, choice);
    return putIn(document, context, {
      label: choice === undefined ? `new ${noun}` : `${choice} ${noun}`,
      kind: 'snippet',
      detail: element.type === 'object' ? 'with the fields it needs' : '',
      documentation: describeSchema(chosen ?? element),
      text: write(document, context, element, choice),
      isSnippet: true,
      rank: 0,
    });
  });
}

/** An element of a devfile 1.0.0, of which the schema does not say what each type needs. */
function propose1(document: LanguageDocument, context: CompletionContext, { label, shape }: Element1): CompletionItem {
  return putIn(document, context, {
    label,
    kind: 'snippet',
    detail: 'with the fields it needs',
    text: writeShape(document, context, shape),
    isSnippet: true,
    rank: 0,
  });
}

function write(
  document: LanguageDocument,
  context: CompletionContext,
  element: SchemaRecord,
  choice: string | undefined,
): string {
  const isItem = context.kind === 'item';
  const path = isItem ? [...context.path, 0] : context.path;
  return writeShape(document, context, shapeOf(element, path, choice));
}

function writeShape(document: LanguageDocument, context: CompletionContext, shape: Shape): string {
  const isItem = context.kind === 'item';
  const indent = indentWithin(document, context);
  if (document.isJson) return renderJson(shape, indent, new TabStops());
  const body = renderYaml(shape, isItem ? indent + 2 : indent, new TabStops(), true);
  return isItem ? `-${body}` : body.trimStart();
}
