import type { DocumentPath } from '../../types.ts';
import { matchesPath, withoutParent } from '../names/match-path.ts';
import { type SchemaRecord, schemaWithin } from '../schema/schema-node.ts';
import { moreFields, placeholders, usualNames } from './shapes-table.ts';

/** What a new value looks like before anything is filled in. */
export type Shape =
  | { readonly kind: 'map'; readonly fields: readonly (readonly [string, Shape])[] }
  | { readonly kind: 'list'; readonly item: Shape }
  | {
      readonly kind: 'text';
      readonly placeholder: string;
      readonly options: readonly string[];
      readonly isText: boolean;
    };

/** A value with the fields it must have, of choices the one named or the first, and those that hardly anyone leaves out. */
export function shapeOf(schema: SchemaRecord, path: DocumentPath, choice?: string): Shape {
  if (schema.type === 'array') {
    const items = schemaWithin(schema, 0);
    return { kind: 'list', item: items === undefined ? emptyText : shapeOf(items, [...path, 0]) };
  }
  if (schema.type === 'object') return { kind: 'map', fields: listFields(schema, path, choice) };
  const options = schema.type === 'boolean' ? ['true', 'false'] : (schema.enum ?? []);
  return { kind: 'text', placeholder: lookUp(placeholders, path) ?? '', options, isText: schema.type === 'string' };
}

const emptyText: Shape = { kind: 'text', placeholder: '', options: [], isText: true };

function listFields(schema: SchemaRecord, path: DocumentPath, choice?: string): (readonly [string, Shape])[] {
  const chosen = choice ?? schema.choices?.[0];
  const names = new Set([
    ...(schema.required ?? []),
    ...(chosen === undefined ? [] : [chosen]),
    ...(lookUp(moreFields, path) ?? []),
  ]);
  const fields = [...names].flatMap((name): (readonly [string, Shape])[] => {
    const field = schemaWithin(schema, name);
    return field === undefined ? [] : [[name, shapeOf(field, [...path, name])]];
  });
  const usual = fields.length === 0 && schema.values !== undefined ? lookUp(usualNames, path) : undefined;
  return usual === undefined ? fields : [[usual, emptyText]];
}

function lookUp<T>(table: Readonly<Record<string, T>>, path: DocumentPath): T | undefined {
  const own = withoutParent(path);
  return Object.entries(table).find(([pattern]) => matchesPath(own, pattern))?.[1];
}
