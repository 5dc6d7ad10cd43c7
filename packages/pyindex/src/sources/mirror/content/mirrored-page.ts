import { parseDistributionName } from '../../../names/parse-distribution-name.ts';
import type { Hashes, ListedProject } from '../../../pages/parsing/listed-project.ts';
import type { ProjectStatus, ReleaseFile } from '../../../source.ts';
import type { MirrorSettings } from '../mirror-settings.ts';

/** A project's page of upstream as a mirror keeps it. */
export interface MirroredPage {
  readonly files: readonly MirroredFile[];
  readonly versions?: readonly string[];
  readonly status?: ProjectStatus;
  /** Upstream says that the project is not of the public: it was uploaded there or at an index behind it. */
  readonly isPrivate?: true;
}

type MirroredFile = Omit<ReleaseFile, 'origin' | 'upstreamUrl'> & { readonly upstreamUrl: string };

/** What of a page belongs to the project: files of other names, and of two of one name the second, are left out. */
export function keepPage(listed: ListedProject, project: string): MirroredPage {
  const files = new Map<string, MirroredFile>();
  for (const { url, ...file } of listed.files) {
    const name = parseDistributionName(file.filename, project);
    if (name === undefined || files.has(file.filename)) continue;
    files.set(file.filename, { ...file, version: name.version, upstreamUrl: url });
  }
  const { versions, status, isPrivate } = listed;
  return {
    files: [...files.values()],
    ...(versions === undefined ? {} : { versions }),
    ...(status === undefined ? {} : { status }),
    ...(isPrivate === undefined ? {} : { isPrivate }),
  };
}

/** The files as the mirror offers them: with core metadata for every wheel where it provides that. */
export function offerFiles({ files }: MirroredPage, settings: MirrorSettings): ReleaseFile[] {
  const origin = { index: settings.index, kind: 'mirror' as const };
  return files.map((file) => {
    const { coreMetadata: _, ...rest } = file;
    const coreMetadata = readCoreMetadata(file, settings);
    return {
      ...rest,
      origin,
      ...(coreMetadata === undefined ? {} : { coreMetadata }),
      ...(settings.usesExternalUrls ? { isExternal: true as const } : {}),
    };
  });
}

function readCoreMetadata(
  file: MirroredFile,
  { providesMetadata, usesExternalUrls }: MirrorSettings,
): Hashes | undefined {
  if (file.coreMetadata !== undefined || !file.filename.endsWith('.whl')) return file.coreMetadata;
  // What upstream does not advertise, it need not have.
  return providesMetadata && !usesExternalUrls ? {} : undefined;
}
