import { getAt } from './document-path.ts';
import { suggestMeant, type UnknownField } from './explain-field.ts';
import type { DocumentPath } from './types.ts';

/** What a generated validator says about one value; `instancePath` is a JSON pointer. */
interface RawError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A validator made by `scripts/compile-schemas.mjs`. */
export interface CompiledSchema {
  (document: unknown): boolean;
  errors?: readonly RawError[] | null;
}

/** One broken demand of the schema; one mistake may break several. */
export interface SchemaError extends RawError {
  readonly path: DocumentPath;
  /** What stands at the path. */
  readonly value: unknown;
}

/** Everything in a document that its schema refuses. */
export function findSchemaErrors(document: unknown, validate: CompiledSchema): SchemaError[] {
  if (validate(document)) return [];
  return (validate.errors ?? []).map((error) => locate(error, document));
}

function locate(error: RawError, document: unknown): SchemaError {
  const path: (string | number)[] = [];
  let value = document;
  for (const segment of error.instancePath.split('/').slice(1)) {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    const key = Array.isArray(value) ? Number(name) : name;
    path.push(key);
    value = getAt(value, [key]);
  }
  return { ...error, path, value };
}

/** Of an `onlyFields` error: the unknown field, and those the object may have. */
export function readUnknownField({ path, params, value }: SchemaError): UnknownField {
  return { path, value, field: String(params['field']), known: [...(params['known'] as ReadonlySet<string>)] };
}

/** Of an `onlyFields` error: the field that the unknown one was meant for, if there is one. */
export function suggestField(error: SchemaError): string | undefined {
  return suggestMeant(readUnknownField(error));
}
