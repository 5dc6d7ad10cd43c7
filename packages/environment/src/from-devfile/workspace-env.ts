import type { Attributes, DocumentPath } from '@devstead/devfile';
import type { EnvVariable } from '../types.ts';
import { reservedVariables } from './read-sources.ts';
import type { Reading } from './reading.ts';

/** A variable that every container gets. */
export interface SharedVariable extends EnvVariable {
  readonly at: DocumentPath;
}

/**
 * The variables of every `workspaceEnv` attribute, of the devfile and of its components (devfile 2, 1.6). Gives
 * `environment.workspace-env` for what is no list of variables, and `environment.conflicting-variable` for a reserved
 * name or a name with two values, where the first one counts.
 */
export function collectSharedVariables(reading: Reading): readonly SharedVariable[] {
  const { attributes, components = [] } = reading.devfile;
  const found = [
    ...parseWorkspaceEnv(reading, attributes, ['attributes']),
    ...components.flatMap((component, index) =>
      parseWorkspaceEnv(reading, component.attributes, ['components', index, 'attributes']),
    ),
  ];
  const shared = new Map<string, SharedVariable>();
  for (const variable of found) {
    const other = shared.get(variable.name);
    if (reservedVariables.has(variable.name)) {
      reportConflict(reading, variable, 'the name is reserved');
    } else if (other === undefined) {
      shared.set(variable.name, variable);
    } else if (other.value !== variable.value) {
      reportConflict(reading, variable, 'another workspaceEnv sets it to another value');
    }
  }
  return [...shared.values()];
}

/** A container's own variables and, after them, the shared ones; a conflict is reported and the own value counts. */
export function addSharedVariables(
  reading: Reading,
  own: readonly EnvVariable[],
  shared: readonly SharedVariable[],
  path: string,
): readonly EnvVariable[] {
  const values = new Map(own.map(({ name, value }) => [name, value]));
  const added = shared.filter((variable) => {
    const value = values.get(variable.name);
    if (value === undefined) return true;
    if (value !== variable.value) reportConflict(reading, variable, `${path} sets it to another value`);
    return false;
  });
  for (const { name, at } of added) reading.record(`${path}.env.${name}`, reading.originsAt([...at, 'value']));
  return [...own, ...added.map(({ name, value }) => ({ name, value }))];
}

function parseWorkspaceEnv(
  reading: Reading,
  attributes: Attributes | undefined,
  attributesAt: DocumentPath,
): SharedVariable[] {
  const list = attributes?.['workspaceEnv'];
  if (list === undefined) return [];
  const at = [...attributesAt, 'workspaceEnv'];
  if (!Array.isArray(list)) {
    reportShape(reading, at);
    return [];
  }
  return list.flatMap((entry: unknown, index) => {
    if (isVariable(entry)) return [{ name: entry.name, value: entry.value, at: [...at, index] }];
    reportShape(reading, [...at, index]);
    return [];
  });
}

function isVariable(entry: unknown): entry is EnvVariable {
  return (
    typeof entry === 'object' &&
    entry !== null &&
    'name' in entry &&
    'value' in entry &&
    typeof entry.name === 'string' &&
    entry.name !== '' &&
    typeof entry.value === 'string'
  );
}

function reportShape(reading: Reading, at: DocumentPath): void {
  reading.report({
    code: 'environment.workspace-env',
    severity: 'warning',
    at,
    message: 'workspaceEnv is a list of entries with a name and a value, both strings; this is left out.',
  });
}

function reportConflict(reading: Reading, variable: SharedVariable, reason: string): void {
  reading.report({
    code: 'environment.conflicting-variable',
    severity: 'error',
    at: [...variable.at, 'name'],
    message: `workspaceEnv cannot set ${variable.name}: ${reason}.`,
  });
}
