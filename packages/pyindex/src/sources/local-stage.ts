import type { IndexRecord } from '../indexes/index-config.ts';
import type { FileReference, OpenedFile, PackageSource, ProjectList, ProjectPage, ReleaseFile } from '../source.ts';
import { SourceFailure } from '../source-failure.ts';
import type { IndexStore } from '../store/index-store.ts';
import type { FileTable } from '../store/tables.ts';

type FileRow = Omit<FileTable, 'id'>;

/** What was uploaded to one stage index, and nothing of its bases. */
export class LocalStage implements PackageSource {
  readonly #store: IndexStore;
  readonly #index: string;

  constructor(store: IndexStore, index: Pick<IndexRecord, 'path'>) {
    this.#store = store;
    this.#index = index.path;
  }

  async listProjects(): Promise<ProjectList> {
    const rows = await this.#store.database
      .selectFrom('projects')
      .select('name')
      .where('index', '=', this.#index)
      .execute();
    // Sorted here: databases sort text by rules of their own.
    return { names: rows.map(({ name }) => name).sort() };
  }

  async readProject(name: string): Promise<ProjectPage | undefined> {
    const { database } = this.#store;
    const project = await database
      .selectFrom('projects')
      .select('status_json')
      .where('index', '=', this.#index)
      .where('name', '=', name)
      .executeTakeFirst();
    if (project === undefined) return undefined;
    const rows = await database
      .selectFrom('files')
      .selectAll()
      .where('index', '=', this.#index)
      .where('project', '=', name)
      .where('is_deleted', '=', 0)
      .orderBy('id')
      .execute();
    const releases = await database
      .selectFrom('releases')
      .select('version')
      .where('index', '=', this.#index)
      .where('project', '=', name)
      .execute();
    return {
      name,
      files: rows.map((row) => this.#toFile(row)),
      versions: releases.map(({ version }) => version),
      ...(project.status_json === '' ? {} : { status: JSON.parse(project.status_json) as ProjectPage['status'] & {} }),
    };
  }

  async openFile(reference: FileReference): Promise<OpenedFile | undefined> {
    const isMetadata = reference.filename.endsWith('.metadata');
    const filename = isMetadata ? reference.filename.slice(0, -'.metadata'.length) : reference.filename;
    const row = await this.#findRow(filename, reference);
    if (row === undefined) return undefined;
    if (row.is_deleted === 1) throw new SourceFailure('deleted', `the file ${filename} was deleted`);
    const sha256 = isMetadata ? row.metadata_sha256 : row.sha256;
    if (sha256 === '') throw new SourceFailure('no-metadata', `${filename} has no core metadata`);
    const content = await this.#store.files.find(sha256);
    if (content === undefined) throw new Error(`the content ${sha256} of ${filename} is missing`);
    return {
      filename: reference.filename,
      sizeBytes: content.sizeBytes,
      sha256,
      modifiedMs: Date.parse(row.uploaded_at),
      stream: (range) => this.#store.files.read(sha256, range),
    };
  }

  async #findRow(filename: string, { digestPrefix, project }: FileReference): Promise<FileRow | undefined> {
    let query = this.#store.database
      .selectFrom('files')
      .selectAll()
      .where('index', '=', this.#index)
      .where('filename', '=', filename);
    if (digestPrefix !== undefined) {
      // `~` sorts after every hexadecimal digit, so this finds a prefix by the index.
      query = query.where('sha256', '>=', digestPrefix).where('sha256', '<', `${digestPrefix}~`);
    }
    if (project !== undefined) query = query.where('project', '=', project);
    return query.orderBy('is_deleted').orderBy('id', 'desc').limit(1).executeTakeFirst();
  }

  #toFile(row: FileRow): ReleaseFile {
    return {
      filename: row.filename,
      origin: { index: this.#index, kind: 'stage' },
      version: row.version,
      sizeBytes: row.size_bytes,
      hashes: { ...(JSON.parse(row.hashes_json) as Record<string, string>), sha256: row.sha256 },
      uploadTime: row.uploaded_at,
      ...(row.requires_python === '' ? {} : { requiresPython: row.requires_python }),
      ...(row.yanked_json === '' ? {} : { yanked: JSON.parse(row.yanked_json) as string }),
      ...(row.metadata_sha256 === '' ? {} : { coreMetadata: { sha256: row.metadata_sha256 } }),
    };
  }
}
