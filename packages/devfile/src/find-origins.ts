import { findPlaces, type Place, type Trace } from './flatten/trace.ts';
import { describeChain, locate } from './place-problem.ts';
import { toWrittenPath } from './read-source.ts';
import type { DocumentPath, Origin } from './types.ts';
import type { Substitution } from './variables.ts';

interface OriginSources {
  readonly trace: Trace;
  readonly substitution: Substitution;
  /** Variables given from outside. */
  readonly given: Readonly<Record<string, string>>;
}

/**
 * Where the value at a path of a flattened devfile came from, nearest cause first: the file it is written in, what it
 * replaced there, the parents and plugins on the way, and the same for each variable that went into it.
 */
export function findOrigins(path: DocumentPath, { trace, substitution, given }: OriginSources): Origin[] {
  const origins = describePlaces(findPlaces(trace, substitution.toFilePath(path)));
  for (const name of substitution.variablesAt(path)) {
    if (Object.hasOwn(given, name)) {
      origins.push({ kind: 'variable', detail: `${name}, given on the command line` });
      continue;
    }
    const [first, ...rest] = describePlaces(findPlaces(trace, ['variables', name]));
    if (first === undefined) origins.push({ kind: 'variable', detail: name });
    else origins.push({ ...first, kind: 'variable', detail: name }, ...rest);
  }
  return origins;
}

function describePlaces(places: readonly Place[]): Origin[] {
  const [first] = places;
  if (first === undefined || !isWritten(first)) return [];
  const known = places.filter(isWritten);
  const own: Origin = first.isOverride
    ? { kind: 'override', ...locate(first.source, first.path) }
    : { kind: 'file', ...locate(first.source, first.path) };
  const chain = describeChain(known).map(
    ({ relation, ...step }): Origin =>
      relation === 'overrides' ? { kind: 'file', ...step, detail: 'replaced' } : { kind: relation, ...step },
  );
  return [own, ...chain];
}

/** True for a value that stands in the file itself, not only in what it was read as. */
function isWritten({ source, path }: Place): boolean {
  return source.positions.has(toWrittenPath(source, path));
}
