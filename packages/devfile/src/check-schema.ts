import { getAt } from './document-path.ts';
import { explainUnknownField, isNameAsKey, type UnknownField } from './explain-field.ts';
import { fieldExamples } from './field-words-table.ts';
import type { Problem } from './problem.ts';
import { readUnknownField, type SchemaError, suggestField } from './schema-errors.ts';
import type { DocumentPath } from './types.ts';

/**
 * Says what is wrong for a person. One mistake gives one `devfile.schema-*` problem: a value of a wrong type is not also
 * of a wrong form, and a misspelt field is not also a missing one.
 * @param explainUnknown What to do about an unknown field, where the format is another one than devfile 2.x.
 */
export function describeSchemaErrors(
  errors: readonly SchemaError[],
  explainUnknown: (unknown: UnknownField) => string = explainUnknownField,
): Problem[] {
  const wrongType = new Set(errors.filter(({ keyword }) => keyword === 'type').map((error) => error.instancePath));
  const misspelt = new Set(
    errors.flatMap((error) => {
      const meant = error.keyword === 'onlyFields' ? suggestField(error) : undefined;
      return meant === undefined ? [] : [`${error.instancePath}/${meant}`];
    }),
  );
  const nameAsKey = new Set(
    errors
      .filter((error) => error.keyword === 'onlyFields' && isNameAsKey(readUnknownField(error)))
      .map(({ instancePath }) => instancePath),
  );
  return errors.flatMap((error) => {
    if (error.keyword === 'required' && nameAsKey.has(error.instancePath)) return [];
    if (error.keyword !== 'type' && wrongType.has(error.instancePath)) return [];
    if (listAbsent(error).some((field) => misspelt.has(`${error.instancePath}/${field}`))) return [];
    return [describe(error, explainUnknown)];
  });
}

/** Fields that would have to be there for this error to go away. */
function listAbsent({ keyword, params, value }: SchemaError): readonly string[] {
  if (keyword === 'required') return [String(params['missingProperty'])];
  if (keyword !== 'exactlyOneField') return [];
  const fields = params['fields'] as readonly string[];
  return fields.some((field) => getAt(value, [field]) !== undefined) ? [] : fields;
}

function describe(error: SchemaError, explainUnknown: (unknown: UnknownField) => string): Problem {
  switch (error.keyword) {
    case 'onlyFields':
      return describeUnknownField(error, explainUnknown);
    case 'required':
      return {
        code: 'devfile.schema-missing-field',
        severity: 'error',
        path: error.path,
        at: 'key',
        message: `${nameOf(error)} needs the field ${String(error.params['missingProperty'])}`,
        hint: describeExample(String(error.params['missingProperty'])),
      };
    case 'type':
      return describeWrongType(error);
    case 'exactlyOneField':
      return describeChoice(error);
    default:
      return describeBadValue(error);
  }
}

function describeUnknownField(error: SchemaError, explainUnknown: (unknown: UnknownField) => string): Problem {
  const unknown = readUnknownField(error);
  const { field } = unknown;
  return {
    code: 'devfile.schema-unknown-field',
    severity: 'error',
    path: [...error.path, field],
    at: 'key',
    message: `${nameOf(error)} has no field ${field}`,
    hint: explainUnknown(unknown),
  };
}

function describeWrongType({ path, params, value }: SchemaError): Problem {
  const wanted = [params['type']].flat().join(' or ');
  return {
    code: 'devfile.schema-wrong-type',
    severity: 'error',
    path,
    message: `${path.length === 0 ? 'the devfile' : path.at(-1)} must be ${nameType(wanted)}, and is ${describeValue(value)}`,
    hint: explainType(path, wanted, value),
  };
}

function describeExample(field: string): string {
  const example = Object.hasOwn(fieldExamples, field) ? fieldExamples[field] : undefined;
  return example === undefined ? 'Add it.' : `Add it, for example \`${example}\`.`;
}

function explainType(path: DocumentPath, wanted: string, value: unknown): string {
  const isScalar = typeof value === 'number' || typeof value === 'boolean';
  const field = String(path.at(-1));
  const isShort = typeof value === 'string' && value.length <= 40 && !value.includes('\n');
  if (value === null)
    return wanted === 'string' ? 'Fill it in; an empty text is `""`.' : 'Fill it in, or remove the field.';
  if (wanted === 'string' && isScalar) return 'Put the value in quotes.';
  if (wanted === 'array' && field === 'env') return 'Write a list, each element with a `name` and a `value`.';
  if (wanted === 'array' && isShort && (field === 'command' || field === 'args')) {
    const words = value.split(/\s+/).map((word) => JSON.stringify(word));
    return `Write a list of words: \`${field}: [${words.join(', ')}]\`.`;
  }
  if (wanted === 'array' && isShort) return `Write a list: \`${field}: [${JSON.stringify(value)}]\`.`;
  if (wanted === 'array' && typeof value === 'object') return 'Write a list: put `- ` before the first field.';
  if (wanted === 'object' && field === 'group' && isShort) return `Write \`group: { kind: ${value} }\`.`;
  if (wanted === 'object') return 'Write a map: fields, each with its value.';
  if (wanted === 'string' && Array.isArray(value)) return 'Write one text instead of the list.';
  return typeof value === 'string' ? `Write ${nameType(wanted)}, without quotes.` : `Write ${nameType(wanted)}.`;
}

function describeChoice(error: SchemaError): Problem {
  const fields = error.params['fields'] as readonly string[];
  const found = fields.filter((field) => getAt(error.value, [field]) !== undefined);
  return {
    code: 'devfile.schema-one-of',
    severity: 'error',
    path: error.path,
    at: 'key',
    message: `${nameOf(error)} needs exactly one of ${fields.join(', ')}, and has ${found.length === 0 ? 'none' : found.join(', ')}`,
    hint: found.length === 0 ? `Add one of ${fields.join(', ')}.` : `Keep one of ${found.join(', ')}.`,
  };
}

function describeBadValue({ path, keyword, params, value }: SchemaError): Problem {
  const name = String(path.at(-1));
  const problem = { code: 'devfile.schema-bad-value', severity: 'error', path } as const;
  if (keyword === 'enum') {
    const allowed = (params['allowedValues'] as readonly string[]).map(String);
    return {
      ...problem,
      message: `${name} must be one of ${allowed.join(', ')}`,
      misspelt: { written: String(value), known: allowed },
    };
  }
  if (keyword === 'maxLength') {
    const limit = Number(params['limit']);
    return {
      ...problem,
      message: `${name} has more than ${limit} characters`,
      hint: `Shorten it to ${limit} characters.`,
    };
  }
  if (keyword === 'pattern') {
    const isName = String(params['pattern']).startsWith('^[a-z0-9](');
    return {
      ...problem,
      message: isName
        ? `${name} may have lower-case letters, digits and dashes only, with a letter or digit at both ends`
        : `${name} must have the form of a version`,
      hint: isName ? `For example \`${makeName(value)}\`.` : 'For example `1.0.0`.',
    };
  }
  return { ...problem, message: `${name} has a value that is not allowed here (${keyword})` };
}

/** A name of the form asked for, as near as possible to what was written. */
export function makeName(value: unknown): string {
  const name = String(value)
    .toLowerCase()
    .slice(0, 63)
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return name === '' ? 'my-name' : name;
}

function nameOf({ path, value }: SchemaError): string {
  const name = getAt(value, ['name']) ?? getAt(value, ['id']);
  if (path.length === 0) return 'the devfile';
  const last = path.at(-1);
  if (typeof last === 'string') return last;
  const kind = singular[String(path.at(-2))] ?? 'the element';
  return typeof name === 'string' ? `${kind} ${name}` : `${kind} number ${Number(last) + 1}`;
}

const singular: Readonly<Record<string, string>> = {
  components: 'component',
  commands: 'command',
  projects: 'project',
  starterProjects: 'starter project',
  dependentProjects: 'dependent project',
  endpoints: 'endpoint',
  env: 'variable',
  volumeMounts: 'volume mount',
  volumes: 'volume',
  actions: 'action',
  entrypoints: 'entrypoint',
};

function nameType(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'a text',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a map',
  };
  return names[type] ?? type;
}

function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const written = String(value);
  return `the ${typeof value === 'string' ? 'text' : typeof value} ${written.length > 40 ? `${written.slice(0, 40)}...` : written}`;
}
