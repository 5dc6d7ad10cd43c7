import type { EnvVariable as DevfileVariable, DocumentPath } from '@devstead/devfile';
import type { EnvVariable } from '../types.ts';
import { explainSourcesPutIn, putSourcesIn, reservedVariables, type Sources } from './read-sources.ts';
import type { Reading } from './reading.ts';

/**
 * An `env` list, for a container or a command. The folders of the sources are put in where a value names them.
 * A name set twice gives `environment.duplicate-variable`; the last one counts. Reserved names are left out: the
 * devfile's own rules report them.
 */
export function readVariables(
  reading: Reading,
  env: readonly DevfileVariable[],
  path: string,
  at: DocumentPath,
  sources: Sources | undefined,
): readonly EnvVariable[] {
  const variables = new Map<string, string>();
  for (const [index, { name, value }] of env.entries()) {
    if (reservedVariables.has(name)) continue;
    if (variables.has(name)) {
      reading.report({
        code: 'environment.duplicate-variable',
        severity: 'warning',
        at: [...at, index, 'name'],
        message: `${name} is set twice in this list; this value counts.`,
      });
    }
    const text = putSourcesIn(value, sources);
    variables.set(name, text);
    const origins = reading.originsAt([...at, index, 'value']);
    reading.record(`${path}.env.${name}`, explainSourcesPutIn(origins, value, text));
  }
  return Array.from(variables, ([name, value]) => ({ name, value }));
}
