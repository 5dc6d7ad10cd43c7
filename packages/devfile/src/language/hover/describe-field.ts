import type { DocumentPath } from '../../types.ts';
import { listAttributesAt } from '../attributes-table.ts';
import {
  describeSchema,
  findFirstVersion,
  type SchemaRecord,
  schemaAt,
  type WordsVersion,
} from '../schema/schema-node.ts';

/** What the specification says about a field, and what it may hold. Markdown; empty for an unknown field. */
export function describeField(version: WordsVersion, path: DocumentPath): string {
  const known =
    path.at(-2) === 'attributes' ? listAttributesAt(version, path).find(({ name }) => name === path.at(-1)) : undefined;
  if (known !== undefined) {
    return [
      known.text,
      known.values === undefined ? '' : `One of ${known.values.map((value) => `\`${value}\``).join(', ')}.`,
    ]
      .filter(Boolean)
      .join('\n\n');
  }
  const schema = schemaAt(version, path);
  if (schema === undefined) return '';
  const parent = schemaAt(version, path.slice(0, -1));
  const isRequired = parent?.required?.includes(String(path.at(-1))) === true;
  const since = version === '1.0.0' ? undefined : findFirstVersion(path);
  const facts = [
    isRequired ? 'Required.' : '',
    ...describeFacts(schema),
    since === undefined ? '' : `Since devfile ${since}.`,
  ];
  // Of some fields the specification says nothing but what they are.
  return [describeSchema(schema) || (typeWords[schema.type] ?? ''), facts.filter(Boolean).join(' ')]
    .filter(Boolean)
    .join('\n\n');
}

const typeWords: Readonly<Record<string, string>> = {
  array: 'A list.',
  object: 'A map.',
  string: 'A text.',
  integer: 'A whole number.',
  boolean: 'True or false.',
};

function describeFacts(schema: SchemaRecord): string[] {
  const facts: string[] = [];
  if (schema.enum !== undefined) facts.push(`One of ${schema.enum.map((value) => `\`${value}\``).join(', ')}.`);
  if (schema.choices !== undefined)
    facts.push(`Exactly one of ${schema.choices.map((value) => `\`${value}\``).join(', ')}.`);
  if (schema.default !== undefined) facts.push(`Default: \`${schema.default}\`.`);
  if (schema.maxLength !== undefined) facts.push(`At most ${schema.maxLength} characters.`);
  return facts;
}
