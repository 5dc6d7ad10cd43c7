import type { Stack, StackContent, StackVersion } from '../types.ts';
import { compareVersions } from '../versions.ts';
import { filterRanges } from './filter-index.ts';
import type { VersionRanges } from './index-query.ts';

export type FoundVersion =
  | { readonly content: StackContent; readonly version?: StackVersion }
  /** What is not there. */
  | { readonly missing: 'stack' | 'version' | 'devfile' };

/**
 * A version by its number, `default`, or `latest`, for which alone the bounds of schema versions count. A sample without
 * versions has its one devfile under every name of a version.
 */
export function findVersion(stack: Stack | undefined, wanted: string, ranges: VersionRanges = {}): FoundVersion {
  if (stack === undefined) return { missing: 'stack' };
  if (stack.versions.length === 0) {
    return stack.content === undefined ? { missing: 'devfile' } : { content: stack.content };
  }
  const isLatest = wanted === 'latest';
  const entries = isLatest ? filterRanges([stack.entry], pickSchemaBounds(ranges)) : [stack.entry];
  const offered = entries[0]?.versions ?? [];
  if (offered.length === 0) return { missing: 'stack' };
  const entry = isLatest
    ? offered.reduce((newest, each) => (compareVersions(each.version, newest.version) > 0 ? each : newest))
    : offered.find((each) => each.version === wanted || (wanted === 'default' && each.default === true));
  const version = stack.versions.find((each) => each.entry === entry);
  if (version === undefined) return { missing: 'version' };
  return version.content === undefined ? { missing: 'devfile' } : { content: version.content, version };
}

function pickSchemaBounds({ minSchemaVersion, maxSchemaVersion }: VersionRanges): VersionRanges {
  return {
    ...(minSchemaVersion === undefined ? {} : { minSchemaVersion }),
    ...(maxSchemaVersion === undefined ? {} : { maxSchemaVersion }),
  };
}
