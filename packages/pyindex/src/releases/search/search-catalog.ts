import { sortVersions } from '../../names/version.ts';
import type { IndexStore } from '../../store/index-store.ts';
import type { Database } from '../../store/open-database.ts';
import type { ReleaseMetadata } from '../reading/release-metadata.ts';

/** What a search sees of a project of a stage. */
export interface CatalogEntry {
  /** Normalised. */
  readonly project: string;
  /** As it is spelt. */
  readonly name: string;
  /** The newest; empty for a project that was only registered. */
  readonly version: string;
  readonly summary: string;
}

interface Stage {
  readonly entries: Map<string, CatalogEntry>;
  /** Projects that have changed since they were read; absent: nothing was read. */
  stale?: Set<string>;
  reading: Promise<void>;
}

/** Projects whose metadata are in memory at once. */
const mostAtOnce = 100;

/**
 * The projects of stages with their summaries, in memory: metadata hold whole READMEs, and to read those of all projects
 * would let anybody's search cost what the index has. Read when somebody searches; after that only what has changed.
 */
export class SearchCatalog {
  readonly #database: Database;
  readonly #stages = new Map<string, Stage>();

  constructor(store: IndexStore) {
    this.#database = store.database;
    store.onChange(({ directory, projects = [] }) => {
      if (directory === true) this.#stages.clear();
      for (const { index, project } of projects) this.#stages.get(index)?.stale?.add(project);
    });
  }

  /** The projects of a stage (`user/index`), in no order that matters. */
  async read(index: string): Promise<Iterable<CatalogEntry>> {
    const stage = this.#stages.get(index) ?? { entries: new Map<string, CatalogEntry>(), reading: Promise.resolve() };
    this.#stages.set(index, stage);
    // One after the other: who comes while it is read finds nothing left to read.
    stage.reading = stage.reading.catch(() => undefined).then(() => this.#refresh(index, stage));
    await stage.reading;
    return stage.entries.values();
  }

  async #refresh(index: string, stage: Stage): Promise<void> {
    const { stale } = stage;
    // What changes from now on may not be in what is read.
    stage.stale = new Set();
    try {
      const projects = stale === undefined ? await listProjects(this.#database, index) : [...stale];
      for (let at = 0; at < projects.length; at += mostAtOnce) {
        const some = projects.slice(at, at + mostAtOnce);
        const entries = await readEntries(this.#database, index, some);
        for (const project of some) stage.entries.delete(project);
        for (const entry of entries) stage.entries.set(entry.project, entry);
      }
    } catch (error) {
      if (stale === undefined) delete stage.stale;
      else for (const project of stale) stage.stale.add(project);
      throw error;
    }
  }
}

async function listProjects(database: Database, index: string): Promise<string[]> {
  const rows = await database.selectFrom('projects').select('name').where('index', '=', index).execute();
  return rows.map(({ name }) => name);
}

async function readEntries(database: Database, index: string, projects: readonly string[]): Promise<CatalogEntry[]> {
  const names = await database
    .selectFrom('projects')
    .select(['name', 'display_name'])
    .where('index', '=', index)
    .where('name', 'in', projects)
    .execute();
  const releases = await database
    .selectFrom('releases')
    .select(['project', 'version'])
    .where('index', '=', index)
    .where('project', 'in', projects)
    .execute();
  const newest = new Map<string, string>();
  for (const [project, rows] of Map.groupBy(releases, (row) => row.project)) {
    newest.set(project, sortVersions(rows.map(({ version }) => version)).at(-1) ?? '');
  }
  const summaries = await readSummaries(database, index, newest);
  return names.map(({ name: project, display_name: name }) => ({
    project,
    name,
    version: newest.get(project) ?? '',
    summary: summaries.get(project) ?? '',
  }));
}

async function readSummaries(
  database: Database,
  index: string,
  newest: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const summaries = new Map<string, string>();
  if (newest.size === 0) return summaries;
  const rows = await database
    .selectFrom('releases')
    .select(['project', 'version', 'metadata_json'])
    .where('index', '=', index)
    .where('project', 'in', [...newest.keys()])
    .where('version', 'in', [...new Set(newest.values())])
    .execute();
  for (const { project, version, metadata_json } of rows) {
    if (newest.get(project) !== version) continue;
    const { summary } = JSON.parse(metadata_json) as ReleaseMetadata;
    if (typeof summary === 'string') summaries.set(project, summary.slice(0, mostSummary));
  }
  return summaries;
}

/** A summary is one line; some have sent more. */
const mostSummary = 1000;
