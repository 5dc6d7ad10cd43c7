import type { IndexRecord } from '../indexes/index-config.ts';
import { findStoredFile, type StoredFile } from '../releases/reading/find-stored-file.ts';
import type { FileReference, OpenedFile, PackageSource, ProjectList, ProjectPage, ReleaseFile } from '../source.ts';
import { SourceFailure } from '../source-failure.ts';
import type { IndexStore } from '../store/index-store.ts';

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
    const { filename } = reference;
    const isMetadata = filename.endsWith('.metadata');
    const name = isMetadata ? filename.slice(0, -'.metadata'.length) : filename;
    const row = await findStoredFile(this.#store.database, this.#index, name, reference.digestPrefix);
    if (row === undefined) return isMetadata ? undefined : this.#openLink(reference);
    if (row.is_deleted === 1) throw new SourceFailure('deleted', `file '${name}' existed, deleted in later serial`);
    const sha256 = isMetadata ? row.metadata_sha256 : row.sha256;
    if (sha256 === '') throw new SourceFailure('no-metadata', `no metadata found in ${name}`);
    return this.#openContent(filename, sha256, Date.parse(row.uploaded_at));
  }

  /** Tox results lie beside the file they are about, documentation under its own digest. */
  async #openLink({ filename, digestPrefix }: FileReference): Promise<OpenedFile | undefined> {
    const rows = await this.#store.database
      .selectFrom('links')
      .select(['sha256', 'for_sha256'])
      .where('index', '=', this.#index)
      .where('filename', '=', filename)
      .execute();
    const row = rows.find(
      ({ sha256, for_sha256 }) =>
        digestPrefix === undefined || sha256.startsWith(digestPrefix) || for_sha256.startsWith(digestPrefix),
    );
    return row === undefined ? undefined : this.#openContent(filename, row.sha256);
  }

  async #openContent(filename: string, sha256: string, modifiedMs?: number): Promise<OpenedFile> {
    const content = await this.#store.files.find(sha256);
    if (content === undefined) throw new Error(`the content ${sha256} of ${filename} is missing`);
    const path = this.#store.files.pathOf(sha256);
    return {
      filename,
      sizeBytes: content.sizeBytes,
      sha256,
      modifiedMs: modifiedMs ?? content.modifiedMs,
      stream: (range) => this.#store.files.read(sha256, range),
      ...(path === undefined ? {} : { path }),
    };
  }

  #toFile(row: StoredFile): ReleaseFile {
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
