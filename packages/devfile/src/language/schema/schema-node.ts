import { type SchemaVersion, schemaVersions } from '../../schema-version.ts';
import type { DocumentPath } from '../../types.ts';
import { nodes, roots, texts } from './schema-words.generated.js';

/** One value of a devfile in the generated table; numbers are places in the tables. */
export interface SchemaRecord {
  readonly type: string;
  readonly text?: number;
  readonly fields?: Readonly<Record<string, number>>;
  readonly required?: readonly string[];
  /** Exactly one of these fields is there. */
  readonly choices?: readonly string[];
  readonly items?: number;
  /** What stands under names of the user's own. */
  readonly values?: number;
  readonly isOpen?: boolean;
  readonly enum?: readonly string[];
  readonly default?: string | boolean;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** A version whose words an editor can be told. */
export type WordsVersion = SchemaVersion | '1.0.0';

/** The schema of the value at a path; nothing where the version knows none. */
export function schemaAt(version: WordsVersion, path: DocumentPath): SchemaRecord | undefined {
  let node: SchemaRecord | undefined = readNode(roots[version]);
  for (const step of path) node = node === undefined ? undefined : schemaWithin(node, step);
  return node;
}

/** The schema of a field, or of the elements of a list. */
export function schemaWithin(node: SchemaRecord, step: string | number): SchemaRecord | undefined {
  const named = node.fields !== undefined && Object.hasOwn(node.fields, step) ? node.fields[step] : node.values;
  const index = typeof step === 'number' ? node.items : named;
  return index === undefined ? undefined : readNode(index);
}

/** What the specification says about the value. Markdown. */
export function describeSchema(node: SchemaRecord): string {
  return node.text === undefined ? '' : (texts[node.text] ?? '');
}

/** The first version that has a field at this path, when it is not the first of all. */
export function findFirstVersion(path: DocumentPath): SchemaVersion | undefined {
  const first = schemaVersions.find((version) => schemaAt(version, path) !== undefined);
  return first === schemaVersions[0] ? undefined : first;
}

function readNode(index: number): SchemaRecord {
  // The generator writes no number without its node.
  return nodes[index] as SchemaRecord;
}
