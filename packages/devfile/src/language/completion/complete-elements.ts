import type { LanguageDocument } from '../open-document.ts';
import { describeSchema, type SchemaRecord, schemaAt, schemaWithin } from '../schema/schema-node.ts';
import type { CompletionContext } from './find-context.ts';
import { indentWithin, putIn } from './put-in.ts';
import { renderJson, renderYaml, TabStops } from './render-shape.ts';
import { shapeOf } from './shape.ts';
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

function write(
  document: LanguageDocument,
  context: CompletionContext,
  element: SchemaRecord,
  choice: string | undefined,
): string {
  const isItem = context.kind === 'item';
  const path = isItem ? [...context.path, 0] : context.path;
  const shape = shapeOf(element, path, choice);
  const indent = indentWithin(document, context);
  if (document.isJson) return renderJson(shape, indent, new TabStops());
  const body = renderYaml(shape, isItem ? indent + 2 : indent, new TabStops(), true);
  return isItem ? `-${body}` : body.trimStart();
}
