import type { IndexEntry, IndexVersion } from '../types.ts';
import { compareVersions } from '../versions.ts';
import { type FieldFilter, listFilters, textFilters } from './filter-fields.ts';
import type { IndexQuery, VersionRanges } from './index-query.ts';

/**
 * The entries that a query is about, each filter applied to what the one before has left. In the new form a filter also
 * looks at versions: those that do not match are left out, and an entry stays when its own field or a version matches.
 */
export function filterIndex(
  entries: readonly IndexEntry[],
  query: IndexQuery,
  isOldForm: boolean,
): readonly IndexEntry[] {
  let left = entries;
  for (const { key, value } of query.texts) {
    const filter = textFilters[key];
    const wanted = simplify(value);
    const isMatch = (field: string | undefined): boolean => simplify(field ?? '').includes(wanted);
    if (filter !== undefined) left = narrow(left, filter, isMatch, isOldForm);
  }
  for (const { key, values } of query.lists) {
    const filter = listFilters[key];
    const wanted = values.map(simplify);
    if (filter !== undefined) left = narrow(left, filter, (fields) => matchesAll(fields, wanted, filter), isOldForm);
  }
  return left;
}

function matchesAll(
  fields: readonly string[],
  wanted: readonly string[],
  { takesEmpty }: FieldFilter<readonly string[]>,
): boolean {
  if (fields.length === 0) return takesEmpty === true;
  const simple = fields.map(simplify);
  return wanted.every((value) => simple.some((field) => field.includes(value)));
}

function narrow<Value>(
  entries: readonly IndexEntry[],
  { ofEntry, ofVersion }: FieldFilter<Value>,
  isMatch: (value: Value) => boolean,
  isOldForm: boolean,
): readonly IndexEntry[] {
  return entries.flatMap((entry) => {
    const isKept = ofEntry !== undefined && isMatch(ofEntry(entry));
    if (isOldForm || ofVersion === undefined) return isKept ? [entry] : [];
    const versions = entry.versions?.filter((version) => isMatch(ofVersion(version))) ?? [];
    if (versions.length === 0) return isKept ? [entry] : [];
    return [withVersions(entry, versions)];
  });
}

/** Only entries that have, or have not, `Deprecated` among their tags or those of their default version. */
export function filterDeprecated(entries: readonly IndexEntry[], isWanted: boolean): readonly IndexEntry[] {
  return entries.filter(({ tags = [], versions = [] }) => {
    const standard = versions.find((version) => version.default === true);
    return [...tags, ...(standard?.tags ?? [])].includes('Deprecated') === isWanted;
  });
}

/** Versions within bounds; an entry without any is left out. */
export function filterRanges(entries: readonly IndexEntry[], ranges: VersionRanges): readonly IndexEntry[] {
  if (Object.keys(ranges).length === 0) return entries;
  return entries.flatMap((entry) => {
    const versions = entry.versions?.filter((version) => isWithin(version, ranges)) ?? [];
    return versions.length === 0 ? [] : [withVersions(entry, versions)];
  });
}

function isWithin(version: IndexVersion, ranges: VersionRanges): boolean {
  const { minVersion, maxVersion, minSchemaVersion, maxSchemaVersion, minLastModified, maxLastModified } = ranges;
  const day = version.lastModified === undefined ? '' : toDay(version.lastModified);
  return (
    (minVersion === undefined || compareVersions(version.version, minVersion) >= 0) &&
    (maxVersion === undefined || compareVersions(version.version, maxVersion) <= 0) &&
    (minSchemaVersion === undefined || compareVersions(version.schemaVersion, minSchemaVersion) >= 0) &&
    (maxSchemaVersion === undefined || compareVersions(version.schemaVersion, maxSchemaVersion) <= 0) &&
    (minLastModified === undefined || day >= minLastModified) &&
    (maxLastModified === undefined || (day !== '' && day <= maxLastModified))
  );
}

/** The day in UTC. */
function toDay(date: string): string {
  const time = Date.parse(date);
  return Number.isNaN(time) ? '' : new Date(time).toISOString().slice(0, 10);
}

/** The same object where nothing is left out, so that its text need not be made again. */
function withVersions(entry: IndexEntry, versions: readonly IndexVersion[]): IndexEntry {
  return versions.length === entry.versions?.length ? entry : { ...entry, versions };
}

function simplify(text: string): string {
  return text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
}
