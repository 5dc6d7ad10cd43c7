import { MetadataRefused } from '../metadata/metadata-refused.ts';
import { type CoreMetadata, parseMetadata } from '../metadata/parse-metadata.ts';
import { readSdistMetadata } from '../metadata/read-sdist.ts';
import { readWheelMetadata } from '../metadata/read-wheel.ts';
import { normalizeName } from '../names/normalize-name.ts';
import { isSameVersion } from '../names/version.ts';
import { Refusal } from '../refusal.ts';
import { quote } from './check-release.ts';

/** The core metadata in a distribution. */
export interface DistributionMetadata {
  readonly bytes: Buffer;
  readonly metadata: CoreMetadata;
  /** Whether an installation will have the same: only then may it be offered beside the file (PEP 658). */
  readonly isFinal: boolean;
}

/**
 * Reads the metadata in the wheel or source distribution at `path`; `undefined` for kinds that are not looked into. Throws
 * a `Refusal` for a broken archive, one that would be unpacked elsewhere, and one that is another project or version.
 */
export async function readDistribution(
  path: string,
  expected: { readonly filename: string; readonly name: string; readonly version: string },
): Promise<DistributionMetadata | undefined> {
  const { filename, name, version } = expected;
  try {
    const bytes = filename.endsWith('.whl')
      ? await readWheelMetadata(path, filename)
      : await readSdistMetadata(path, filename);
    if (bytes === undefined) return undefined;
    const metadata = parseMetadata(bytes);
    if (normalizeName(metadata.name) !== normalizeName(name)) {
      throw new Refusal('invalid', `${filename} is of project ${quote(metadata.name)} and not of ${quote(name)}`);
    }
    if (!isSameVersion(metadata.version, version)) {
      throw new Refusal('invalid', `${filename} is of version ${quote(metadata.version)} and not of ${quote(version)}`);
    }
    return { bytes, metadata, isFinal: filename.endsWith('.whl') || isStatic(metadata) };
  } catch (error) {
    if (error instanceof MetadataRefused) throw new Refusal('invalid', `${filename} is refused: ${error.message}`);
    throw error;
  }
}

/** A source distribution says since 2.2 which fields its build may change (PEP 643); before, all of them. */
function isStatic({ metadataVersion, fields }: CoreMetadata): boolean {
  const [major = 0, minor = 0] = metadataVersion.split('.').map(Number);
  return (major > 2 || (major === 2 && minor >= 2)) && !fields.has('dynamic');
}
