import { describeSchemaErrors } from './check-schema.ts';
import { findFollowUps } from './follow-ups.ts';
import type { Problem } from './problem.ts';
import { repairDocument } from './repair-document.ts';
import { checkRules } from './rules/check-rules.ts';
import { findSchemaErrors } from './schema-errors.ts';
import { loadSchema, type SchemaVersion } from './schema-version.ts';
import type { Component, Devfile, Profile } from './types.ts';
import { type Substitution, substituteVariables } from './variables.ts';

interface Checked {
  readonly problems: readonly Problem[];
  /** Absent when the document is no devfile that the rules could judge as it is. */
  readonly substitution?: Substitution;
}

/**
 * Judges a document by the schema of its version, then substitutes variables and applies the rules. What the schema
 * refuses is repaired in a copy first, so that mistakes of both kinds come back together; what the rules find only
 * because of such a mistake is left out.
 */
export async function checkDocument(
  value: unknown,
  version: SchemaVersion,
  profile: Profile,
  given: Readonly<Record<string, string>> = {},
): Promise<Checked> {
  const validate = await loadSchema(version);
  const errors = findSchemaErrors(value, validate);
  if (errors.length === 0) return checkShaped(value as Devfile, version, profile, given);
  const problems = describeSchemaErrors(errors);
  const repaired = repairDocument(value, validate, errors);
  if (repaired === undefined) return { problems };
  const found = checkShaped(repaired.document as Devfile, version, profile, given).problems;
  const inFile = found.map((problem) => ({ ...problem, path: repaired.toFilePath(problem.path) }));
  const followUps = findFollowUps(inFile, value, repaired);
  return { problems: [...problems, ...inFile.filter((problem) => !followUps.has(problem))] };
}

/** Problems have the paths of the devfile given, without its variables substituted. */
function checkShaped(
  devfile: Devfile,
  version: SchemaVersion,
  profile: Profile,
  given: Readonly<Record<string, string>>,
): Checked {
  const unread = listUnread(devfile);
  if (unread.length > 0) return { problems: unread };
  const substitution = substitute(devfile, version, given);
  const semantic = checkRules(substitution.document as Devfile, profile);
  const inFile = semantic.map((problem) => ({ ...problem, path: substitution.toFilePath(problem.path) }));
  return { problems: [...substitution.problems, ...inFile], substitution };
}

/** Parents and plugins bring in elements that are not here, so the rules cannot judge the rest. */
function listUnread({ parent, components = [] }: Devfile): Problem[] {
  const plugins = components.flatMap(({ name, plugin }: Component, index): Problem[] => {
    if (plugin === undefined) return [];
    const message = `the component ${name} is a plugin, which this version does not read`;
    const path = ['components', index, 'plugin'];
    return [{ code: 'devfile.plugin-unread', severity: 'error', path, at: 'key', message }];
  });
  if (parent === undefined) return plugins;
  const message = 'the devfile builds on a parent, which this version does not read';
  return [{ code: 'devfile.parent-unread', severity: 'error', path: ['parent'], at: 'key', message }, ...plugins];
}

/** Version 2.0.0 has no variables. */
function substitute(devfile: Devfile, version: SchemaVersion, given: Readonly<Record<string, string>>): Substitution {
  if (version === '2.0.0') {
    return { document: devfile, problems: [], variablesAt: () => [], toFilePath: (path) => path };
  }
  const variables = new Map([...Object.entries(devfile.variables ?? {}), ...Object.entries(given)]);
  const substitution = substituteVariables(devfile, variables);
  if (Object.keys(given).length === 0) return substitution;
  const merged = Object.assign(Object.create(null), Object.fromEntries(variables));
  return { ...substitution, document: { ...(substitution.document as Devfile), variables: merged } };
}
