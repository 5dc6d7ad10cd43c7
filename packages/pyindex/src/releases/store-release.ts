import { normalizeName } from '../names/normalize-name.ts';
import { isSameVersion } from '../names/version.ts';
import { Refusal } from '../refusal.ts';
import type { ChangeContext, IndexStore } from '../store/index-store.ts';
import { type LogEntry, logTime, parseLog } from './action-log.ts';
import type { ReleaseMetadata } from './reading/release-metadata.ts';

/** A file that becomes part of a stage; its contents are kept, or are there already, when the rows are written. */
export interface ReleaseFileOrder {
  /** `user/index`. */
  readonly index: string;
  /** As its uploader spells it. */
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly hashes: Readonly<Record<string, string>>;
  /** SHA-256 of its core metadata. */
  readonly metadataSha256?: string;
  readonly requiresPython?: string;
  /** Absent for somebody without a login. */
  readonly user: string | undefined;
  /** What happened to it elsewhere. */
  readonly log?: readonly LogEntry[];
  /** The index it is pushed from. */
  readonly pushedFrom?: string;
  readonly yanked?: string;
}

/** `stored` for a new file and one that replaced another, `same` when this very file was there already. */
export type StoreOutcome = 'stored' | 'same';

/**
 * Writes the rows of a file within a change. On a volatile index it replaces one of the same name; else a `Refusal`
 * (`conflict`), unless it is the very same.
 */
export async function storeReleaseFile(
  context: ChangeContext,
  store: IndexStore,
  isVolatile: boolean,
  order: ReleaseFileOrder,
): Promise<StoreOutcome> {
  const { transaction } = context;
  const { index, filename } = order;
  const project = normalizeName(order.name);
  const before = await transaction
    .selectFrom('files')
    .selectAll()
    .where('index', '=', index)
    .where('project', '=', project)
    .where('filename', '=', filename)
    .where('is_deleted', '=', 0)
    .executeTakeFirst();
  if (before?.sha256 === order.sha256) return 'same';
  if (before !== undefined && !isVolatile) {
    throw new Refusal('conflict', `${filename} already exists in non-volatile index`);
  }
  const who = order.user ?? null;
  const now = store.clock.now();
  const log: LogEntry[] = [...(order.log ?? [])];
  if (before !== undefined) {
    const count = parseLog(before.log_json).find(({ what }) => what === 'overwrite')?.count ?? 0;
    log.push({ what: 'overwrite', who: null, when: logTime(now), dst: index, count: count + 1 });
    await transaction
      .updateTable('files')
      .set({ is_deleted: 1, metadata_sha256: '' })
      .where('id', '=', before.id)
      .execute();
    context.dropContents([before.sha256, before.metadata_sha256]);
  }
  log.push(
    order.pushedFrom === undefined
      ? { what: 'upload', who, when: logTime(now), dst: index }
      : { what: 'push', who, when: logTime(now), src: order.pushedFrom, dst: index },
  );
  await transaction
    .insertInto('files')
    .values({
      index,
      project,
      version: order.version,
      filename,
      sha256: order.sha256,
      size_bytes: order.sizeBytes,
      uploaded_at: new Date(now).toISOString(),
      uploaded_by: order.user ?? '',
      requires_python: order.requiresPython ?? '',
      hashes_json: JSON.stringify(order.hashes),
      metadata_sha256: order.metadataSha256 ?? '',
      yanked_json: order.yanked === undefined ? '' : JSON.stringify(order.yanked),
      log_json: JSON.stringify(log),
      is_deleted: 0,
    })
    .execute();
  context.touchProject(index, project);
  return 'stored';
}

/**
 * Registers a project and a version within a change. `isWhole`: the metadata take the place of those there were, else they
 * are added to them. Returns the version as it is spelt in the index: `1.0-rc1` and `1.0rc1` are one.
 */
export async function registerVersion(
  context: ChangeContext,
  place: { readonly index: string; readonly name: string; readonly version: string },
  metadata: ReleaseMetadata,
  isWhole: boolean,
): Promise<string> {
  const { transaction } = context;
  const { index, name } = place;
  const project = normalizeName(name);
  await transaction
    .insertInto('projects')
    .values({ index, name: project, display_name: name, uploaders_json: '', status_json: '' })
    .onConflict((conflict) => conflict.columns(['index', 'name']).doNothing())
    .execute();
  const releases = await transaction
    .selectFrom('releases')
    .select(['version', 'metadata_json'])
    .where('index', '=', index)
    .where('project', '=', project)
    .execute();
  const before = releases.find(({ version }) => isSameVersion(version, place.version));
  const version = before?.version ?? place.version;
  const old = before === undefined || isWhole ? {} : (JSON.parse(before.metadata_json) as ReleaseMetadata);
  const metadata_json = JSON.stringify({ ...old, ...metadata, name, version });
  await transaction
    .insertInto('releases')
    .values({ index, project, version, metadata_json })
    .onConflict((conflict) => conflict.columns(['index', 'project', 'version']).doUpdateSet({ metadata_json }))
    .execute();
  context.touchProject(index, project);
  return version;
}
