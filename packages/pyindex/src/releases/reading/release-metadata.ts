import type { CoreMetadata } from '../../metadata/parse-metadata.ts';
import { listKeys, textKeys } from './metadata-keys-table.ts';

/** The metadata of a version by the names of upload forms: `{name: "…", requires_dist: ["…"]}`. */
export type ReleaseMetadata = Readonly<Record<string, string | readonly string[]>>;

/** A form's fields as metadata; what is not sent is left out. */
export function readFormMetadata(fields: ReadonlyMap<string, readonly string[]>): ReleaseMetadata {
  const metadata: Record<string, string | readonly string[]> = {};
  for (const key of textKeys) {
    const value = fields.get(key)?.[0];
    if (value !== undefined) metadata[key] = value === 'UNKNOWN' ? '' : value;
  }
  for (const key of listKeys) {
    // Some clients send the plural's singular, as the core metadata spell it.
    const values = fields.get(key) ?? fields.get(key.replace(/s$/, ''));
    if (values !== undefined) metadata[key] = values.filter(Boolean);
  }
  return metadata;
}

/** The metadata in a distribution, for files that came without a form. */
export function readCoreMetadata({
  fields,
  description,
  name,
  version,
  metadataVersion,
}: CoreMetadata): ReleaseMetadata {
  const metadata: Record<string, string | readonly string[]> = {};
  const find = (key: string): readonly string[] | undefined => {
    const field = key.replaceAll('_', '-');
    return fields.get(field) ?? fields.get(field.replace(/s$/, ''));
  };
  for (const key of textKeys) metadata[key] = find(key)?.[0] ?? '';
  for (const key of listKeys) metadata[key] = find(key) ?? [];
  return { ...metadata, name, version, metadata_version: metadataVersion, description: description ?? '' };
}

/** All keys, as devpi answers them. */
export function completeMetadata(metadata: ReleaseMetadata): ReleaseMetadata {
  const empty = Object.fromEntries([...textKeys.map((key) => [key, '']), ...listKeys.map((key) => [key, []])]);
  return { ...(empty as ReleaseMetadata), ...metadata };
}
