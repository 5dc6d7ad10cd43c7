import type { Problem } from './problem.ts';
import type { CompiledSchema } from './schema-errors.ts';

/** A version of the devfile format that can be read. */
export type SchemaVersion = '2.0.0' | '2.1.0' | '2.2.0' | '2.2.1' | '2.2.2' | '2.3.0';

const loaders: Readonly<Record<SchemaVersion, () => Promise<{ validate: CompiledSchema }>>> = {
  '2.0.0': () => import('./schemas/devfile-2.0.0.generated.js'),
  '2.1.0': () => import('./schemas/devfile-2.1.0.generated.js'),
  '2.2.0': () => import('./schemas/devfile-2.2.0.generated.js'),
  '2.2.1': () => import('./schemas/devfile-2.2.1.generated.js'),
  '2.2.2': () => import('./schemas/devfile-2.2.2.generated.js'),
  '2.3.0': () => import('./schemas/devfile-2.3.0.generated.js'),
};

export const schemaVersions = Object.keys(loaders) as SchemaVersion[];

/** Loads the validator of one version and no other. */
export async function loadSchema(version: SchemaVersion): Promise<CompiledSchema> {
  return (await loaders[version]()).validate;
}

/**
 * Finds the schema a devfile asks for: what stands before the first `-` counts (`2.2.0-latest` is 2.2.0), `v1alpha2` is
 * 2.3.0 (devfile-v2 1.1). Gives `devfile.not-a-map` or `devfile.schema-version-*` where there is none.
 */
export function detectSchemaVersion(document: unknown): SchemaVersion | Problem {
  const isEmpty = document === null || document === undefined;
  if (!isEmpty && (typeof document !== 'object' || Array.isArray(document))) {
    const message = `a devfile is a map of fields, and this is ${Array.isArray(document) ? 'a list' : 'a single value'}`;
    return { code: 'devfile.not-a-map', severity: 'error', path: [], message };
  }
  const fields = (document ?? {}) as Record<string, unknown>;
  const written = fields['schemaVersion'];
  if (written === undefined) return describeMissing(fields);
  if (typeof written !== 'string' || written === '') {
    const found =
      written === '' ? 'empty' : `the ${describeType(written)} ${String(JSON.stringify(written)).slice(0, 40)}`;
    return {
      code: 'devfile.schema-version-invalid',
      severity: 'error',
      path: ['schemaVersion'],
      message: `schemaVersion must be a text such as 2.3.0, and is ${found}`,
      hint: `Write \`schemaVersion: ${findNearest(written)}\`.`,
    };
  }
  const base = written.split('-', 1)[0] ?? '';
  const version = base === 'v1alpha2' ? '2.3.0' : schemaVersions.find((known) => known === base);
  return (
    version ?? {
      code: 'devfile.schema-version-unsupported',
      severity: 'error',
      path: ['schemaVersion'],
      message: `there is no devfile schema ${written}`,
      hint: `Use one of ${schemaVersions.join(', ')}.`,
    }
  );
}

/** The newest that begins so: a number such as 2.2 is a version cut short. */
function findNearest(written: unknown): SchemaVersion {
  const newest = schemaVersions.at(-1) ?? '2.3.0';
  if (typeof written !== 'number') return newest;
  return schemaVersions.findLast((version) => version.startsWith(`${written}.`)) ?? newest;
}

function describeMissing(fields: Record<string, unknown>): Problem {
  const isVersionOne = fields['apiVersion'] === '1.0.0';
  return {
    code: 'devfile.schema-version-missing',
    severity: 'error',
    path: [],
    message: isVersionOne
      ? 'this is a devfile 1.0.0, and one of version 2 is asked for here'
      : 'schemaVersion is missing',
    hint: isVersionOne
      ? 'Convert it: `devstead convert --to devfile2 FILE`.'
      : 'Add `schemaVersion: 2.3.0` as the first line.',
  };
}

function describeType(value: unknown): string {
  if (value === null) return 'empty value';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'map' : typeof value;
}
