import type { Problem } from './problem.ts';
import { checkRules } from './rules/check-rules.ts';
import type { SchemaVersion } from './schema-version.ts';
import type { Devfile, Profile } from './types.ts';
import { type Substitution, substituteVariables } from './variables.ts';

/** A devfile with its variables put in, and what the rules say of it. */
export interface CheckedContent {
  readonly substitution: Substitution;
  /** With the paths of the devfile given, before substitution. */
  readonly problems: readonly Problem[];
}

/** Puts variables into a flattened devfile and applies the rules (devfile-v2 1.3, steps 9 and 11). */
export function checkContent(
  devfile: Devfile,
  version: SchemaVersion,
  profile: Profile,
  given: Readonly<Record<string, string>>,
): CheckedContent {
  const substitution = substitute(devfile, version, given);
  const semantic = checkRules(substitution.document as Devfile, profile);
  const inFile = semantic.map((problem) => ({ ...problem, path: substitution.toFilePath(problem.path) }));
  return { substitution, problems: [...substitution.problems, ...inFile] };
}

/** The variables that count: those given from outside win. Version 2.0.0 has none. */
export function listVariables(
  { variables = {} }: Devfile,
  version: SchemaVersion,
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  return version === '2.0.0' ? new Map() : new Map([...Object.entries(variables), ...Object.entries(given)]);
}

/** Puts the variables in, without judging anything. */
export function substitute(
  devfile: Devfile,
  version: SchemaVersion,
  given: Readonly<Record<string, string>>,
): Substitution {
  if (version === '2.0.0') {
    return { document: devfile, problems: [], variablesAt: () => [], toFilePath: (path) => path };
  }
  const variables = listVariables(devfile, version, given);
  const substitution = substituteVariables(devfile, variables);
  if (Object.keys(given).length === 0) return substitution;
  const merged = Object.assign(Object.create(null), Object.fromEntries(variables));
  return { ...substitution, document: { ...(substitution.document as Devfile), variables: merged } };
}
