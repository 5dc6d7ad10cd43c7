import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { IndexStore } from '../../../store/index-store.ts';
import type { SaveQueue } from '../save-queue.ts';

/** What upstream said last, and when. */
export interface MirroredContent<Content> {
  /** Absent: there is no such thing. */
  readonly content?: Content;
  readonly etag: string;
  readonly lastModified: string;
  /** -1: none. */
  readonly serial: number;
  readonly fetchedMs: number;
}

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Reads what a mirror kept of `project` (empty: the list) from `upstream`. */
export async function loadContent<Content>(
  { database }: IndexStore,
  index: string,
  project: string,
  upstream: string,
): Promise<MirroredContent<Content> | undefined> {
  const row = await database
    .selectFrom('mirror_pages')
    .selectAll()
    .where('index', '=', index)
    .where('project', '=', project)
    .executeTakeFirst();
  if (row === undefined || row.upstream !== upstream) return undefined;
  const { etag, last_modified: lastModified, serial, fetched_ms: fetchedMs } = row;
  const text = row.is_found === 1 ? (await unpack(Buffer.from(row.content_gzip, 'base64'))).toString() : undefined;
  return {
    ...(text === undefined ? {} : { content: JSON.parse(text) as Content }),
    etag,
    lastModified,
    serial: Number(serial),
    fetchedMs: Number(fetchedMs),
  };
}

/**
 * Keeps what upstream said. That there is no such thing is known in memory alone: it counts for a minute, and anybody can
 * ask for any name.
 */
export async function saveContent<Content>(
  saves: SaveQueue,
  index: string,
  project: string,
  upstream: string,
  kept: MirroredContent<Content>,
): Promise<void> {
  const { content } = kept;
  if (content === undefined) {
    await saves.add((transaction) =>
      transaction.deleteFrom('mirror_pages').where('index', '=', index).where('project', '=', project).execute(),
    );
    return;
  }
  const row = {
    upstream,
    is_found: 1,
    content_gzip: (await pack(JSON.stringify(content), { level: 1 })).toString('base64'),
    etag: kept.etag,
    last_modified: kept.lastModified,
    serial: kept.serial,
    fetched_ms: kept.fetchedMs,
  };
  await saves.add((transaction) =>
    transaction
      .insertInto('mirror_pages')
      .values({ index, project, ...row })
      .onConflict((conflict) => conflict.columns(['index', 'project']).doUpdateSet(row))
      .execute(),
  );
}

/** Notes that upstream has still what it said. */
export function renewContent(saves: SaveQueue, index: string, project: string, fetchedMs: number): Promise<void> {
  return saves.add((transaction) =>
    transaction
      .updateTable('mirror_pages')
      .set({ fetched_ms: fetchedMs })
      .where('index', '=', index)
      .where('project', '=', project)
      .execute(),
  );
}
