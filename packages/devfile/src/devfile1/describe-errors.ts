import { describeSchemaErrors } from '../check-schema.ts';
import { suggestMeant, type UnknownField } from '../explain-field.ts';
import type { Problem } from '../problem.ts';
import type { SchemaError } from '../schema-errors.ts';

/** Fields of devfile 2.x, and what 1.0.0 calls them. */
const wordsOf2: Readonly<Record<string, string>> = {
  targetPort: 'port',
  workingDir: 'workdir',
  commandLine: 'command',
  uri: 'reference',
  inlined: 'referenceContent',
  path: 'containerPath',
  volumeMounts: 'volumes',
  id: 'name',
  exposure: 'attributes',
};

/** Says what the schema of 1.0.0 refuses, as `devfile.schema-*` problems. */
export function describeErrors1(errors: readonly SchemaError[]): Problem[] {
  const isOwn = ({ keyword }: SchemaError): boolean => Object.hasOwn(ownWords, keyword);
  const others = errors.filter((error) => !isOwn(error));
  return [...describeSchemaErrors(others, explainUnknown), ...errors.filter(isOwn).map(describeValue)];
}

function explainUnknown(unknown: UnknownField): string {
  const { field, known } = unknown;
  const other = Object.hasOwn(wordsOf2, field) ? wordsOf2[field] : undefined;
  const meant = other !== undefined && known.includes(other) ? other : suggestMeant(unknown);
  return meant === undefined ? `Fields known here: ${known.join(', ')}.` : `Did you mean \`${meant}\`?`;
}

const ownWords: Readonly<Record<string, string>> = {
  minLength: 'must not be empty',
  minimum: 'is below what is allowed',
  maximum: 'is above what is allowed',
  pattern: 'does not have the form asked for',
};

function describeValue({ path, keyword }: SchemaError): Problem {
  const name = String(path.at(-1));
  const problem = { code: 'devfile.schema-bad-value', severity: 'error', path } as const;
  if (keyword === 'pattern' && name === 'id') {
    const message = 'id must be a publisher, a name and a version with slashes between them';
    return { ...problem, message, hint: 'For example `eclipse/che-machine-exec-plugin/latest`.' };
  }
  if (keyword === 'pattern' && name === 'registryUrl') {
    return { ...problem, message: 'registryUrl must start with https:// or http://' };
  }
  return { ...problem, message: `${name} ${ownWords[keyword]}` };
}
