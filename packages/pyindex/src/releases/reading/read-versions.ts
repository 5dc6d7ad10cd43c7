import type { Selectable } from 'kysely';
import { parseDistributionName } from '../../names/parse-distribution-name.ts';
import { normalizeVersion, sortVersions } from '../../names/version.ts';
import type { ProjectPage, ReleaseFile } from '../../source.ts';
import type { Database } from '../../store/open-database.ts';
import type { FileTable, LinkTable } from '../../store/tables.ts';
import { completeMetadata, type ReleaseMetadata } from './release-metadata.ts';

type FileRow = Selectable<FileTable>;
type LinkRow = Selectable<LinkTable>;

/** What an index has of one version: of a stage everything, of a mirror the files. */
export interface VersionPart {
  /** `user/index`. */
  readonly index: string;
  readonly version: string;
  readonly metadata: ReleaseMetadata;
  readonly files: readonly ReleaseFile[];
  /** Of stages alone: the rows of the files, for their logs. */
  readonly rows: readonly FileRow[];
  readonly links: readonly LinkRow[];
}

/** A version: the part that counts first, then those of the bases that it hides. */
export interface ProjectVersion {
  readonly version: string;
  readonly parts: readonly VersionPart[];
}

/**
 * The versions of a project, from old to new. `page`: what may be seen of it, the files of an index before those of its
 * bases. `stages`: the stages to look for registered versions in, in the same order.
 */
export async function readVersions(
  database: Database,
  page: ProjectPage,
  stages: readonly string[],
): Promise<ProjectVersion[]> {
  const parts = new Map<string, VersionPart[]>();
  const add = (part: VersionPart): void => {
    const key = normalizeVersion(part.version) ?? part.version;
    const known = parts.get(key);
    if (known === undefined) parts.set(key, [part]);
    else known.push(part);
  };
  for (const index of stages) for (const part of await readStage(database, index, page)) add(part);
  const mirrored = new Map<string, ReleaseFile[]>();
  for (const file of page.files) {
    if (file.origin.kind !== 'mirror') continue;
    const version = file.version ?? parseDistributionName(file.filename, page.name)?.version;
    if (version === undefined) continue;
    const key = `${file.origin.index} ${normalizeVersion(version) ?? version}`;
    const known = mirrored.get(key);
    if (known === undefined) mirrored.set(key, [file]);
    else known.push(file);
  }
  for (const files of mirrored.values()) {
    const [first] = files;
    const version = first?.version ?? parseDistributionName(first?.filename ?? '', page.name)?.version ?? '';
    const metadata = { name: page.name, version };
    add({ index: first?.origin.index ?? '', version, metadata, files, rows: [], links: [] });
  }
  const bySpelling = new Map([...parts.values()].map((each) => [each[0]?.version ?? '', each]));
  return sortVersions(bySpelling.keys()).map((version) => ({ version, parts: bySpelling.get(version) ?? [] }));
}

async function readStage(database: Database, index: string, page: ProjectPage): Promise<VersionPart[]> {
  const [releases, rows, links] = await Promise.all([
    database.selectFrom('releases').selectAll().where('index', '=', index).where('project', '=', page.name).execute(),
    database
      .selectFrom('files')
      .selectAll()
      .where('index', '=', index)
      .where('project', '=', page.name)
      .where('is_deleted', '=', 0)
      .orderBy('filename')
      .execute(),
    database
      .selectFrom('links')
      .selectAll()
      .where('index', '=', index)
      .where('project', '=', page.name)
      .orderBy('id')
      .execute(),
  ]);
  const shown = new Set(page.files.filter(({ origin }) => origin.index === index).map(({ filename }) => filename));
  return releases.map(({ version, metadata_json }) => {
    const own = rows.filter((row) => row.version === version && shown.has(row.filename));
    const names = new Set(own.map(({ filename }) => filename));
    return {
      index,
      version,
      metadata: completeMetadata(JSON.parse(metadata_json) as ReleaseMetadata),
      files: page.files.filter(({ origin, filename }) => origin.index === index && names.has(filename)),
      rows: own,
      links: links.filter((link) => link.version === version),
    };
  });
}
