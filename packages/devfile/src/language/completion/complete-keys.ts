import { fieldsOfTypes } from '../../devfile1/rules/fields-of-types-table.ts';
import type { ComponentType1 } from '../../devfile1/types.ts';
import { listAttributesAt } from '../attributes-table.ts';
import { describeField } from '../hover/describe-field.ts';
import { matchesPath } from '../names/match-path.ts';
import type { LanguageDocument } from '../open-document.ts';
import { type SchemaRecord, schemaWithin } from '../schema/schema-node.ts';
import { findEntry, readText } from '../tree/node.ts';
import type { CompletionContext } from './find-context.ts';
import { indentWithin, putIn } from './put-in.ts';
import { escapeSnippet, renderJson, renderYaml, TabStops } from './render-shape.ts';
import { shapeOf } from './shape.ts';
import type { CompletionItem } from './types.ts';

/** Fields that the map may have and does not have yet; those it must have come first. */
export function completeKeys(document: LanguageDocument, context: CompletionContext): CompletionItem[] {
  const { path, schema, probe } = context;
  if (path.at(-1) === 'attributes') return completeAttributes(document, context);
  const present = listPresent(context);
  const { choices = [], required = [] } = schema;
  const isChosen = choices.some((choice) => present.has(choice));
  return Object.keys(schema.fields ?? {}).flatMap((name) => {
    const field = schemaWithin(schema, name);
    if (field === undefined || present.has(name) || (isChosen && choices.includes(name))) return [];
    if (!fits(context, name)) return [];
    const isRequired = required.includes(name);
    return [
      putIn(document, context, {
        label: name,
        kind: 'field',
        detail: isRequired ? 'required' : choices.includes(name) ? `one of ${choices.join(', ')}` : describeType(field),
        documentation: describeField(probe.version, [...path, name]),
        text: writeKey(document, context, name, field),
        isSnippet: true,
        rank: isRequired ? 1 : choices.includes(name) ? 2 : 5,
      }),
    ];
  });
}

/** Which fields a component of a devfile 1.0.0 may have depends on its type. */
function fits({ probe, path, map }: CompletionContext, name: string): boolean {
  if (!probe.isDevfile1 || !matchesPath(path, 'components.*')) return true;
  const type = readText(findEntry(map, 'type')?.value) ?? '';
  return !Object.hasOwn(fieldsOfTypes, type) || fieldsOfTypes[type as ComponentType1].has(name);
}

function listPresent({ map, replaced }: CompletionContext): ReadonlySet<string> {
  const others = (map?.entries ?? []).filter(
    ({ key }) => key.start !== replaced.start && key.start !== replaced.start + 1,
  );
  return new Set(others.map(({ key }) => key.value));
}

function writeKey(document: LanguageDocument, context: CompletionContext, name: string, field: SchemaRecord): string {
  const { isFlow, hasColon, path } = context;
  const isJson = document.isJson || context.style === 'double';
  const key = isJson ? `"${name}"` : name;
  if (hasColon) return escapeSnippet(key);
  const shape = shapeOf(field, [...path, name]);
  const stops = new TabStops();
  if (document.isJson)
    return `${key}: ${renderJson(shape, indentWithin(document, context), stops)}${needsComma(document, context) ? ',' : ''}`;
  if (isFlow) return `${key}: $0`;
  return `${escapeSnippet(key)}:${renderYaml(shape, indentWithin(document, context) + 2, stops)}`;
}

/** In JSON, when another field follows. */
function needsComma({ text }: LanguageDocument, { replaced }: CompletionContext): boolean {
  return /^\s*"/.test(text.slice(replaced.end, replaced.end + 1000));
}

function describeType({ type }: SchemaRecord): string {
  const words: Readonly<Record<string, string>> = { string: 'text', array: 'list', object: 'map', integer: 'number' };
  return words[type] ?? type;
}

function completeAttributes(document: LanguageDocument, context: CompletionContext): CompletionItem[] {
  const present = listPresent(context);
  return listAttributesAt(context.probe.version, context.path)
    .filter(({ name }) => !present.has(name))
    .map(({ name, text, values }) => {
      const isJson = document.isJson || context.style === 'double';
      const key = isJson ? `"${name}"` : name;
      const stop = new TabStops().next('', values ?? []);
      // In a devfile 1.0.0 all are texts, and most would be taken for booleans.
      const isQuoted = isJson || context.probe.isDevfile1;
      const value = context.hasColon ? '' : `: ${isQuoted ? `"${stop}"` : stop}`;
      return putIn(document, context, {
        label: name,
        kind: 'field',
        documentation: text,
        text: key + value,
        isSnippet: true,
      });
    });
}
