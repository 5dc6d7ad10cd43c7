import { normalizeName } from '../names/normalize-name.ts';
import type { PendingContent } from '../store/file-store.ts';
import type { IndexStore } from '../store/index-store.ts';

export interface ReleaseOrder {
  /** `user/index`. */
  readonly index: string;
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly user: string;
  readonly metadata: Readonly<Record<string, string | readonly string[]>>;
  readonly content: PendingContent;
}

/** Puts a file into a stage: content first, then the rows that refer to it. */
export async function storeRelease(store: IndexStore, order: ReleaseOrder): Promise<void> {
  const { index, version, filename, content } = order;
  const project = normalizeName(order.name);
  await store.change(async ({ transaction, touchProject }) => {
    await content.keep();
    await transaction
      .insertInto('projects')
      .values({ index, name: project, display_name: order.name, uploaders_json: '', status_json: '' })
      .onConflict((conflict) => conflict.columns(['index', 'name']).doNothing())
      .execute();
    const metadata_json = JSON.stringify(order.metadata);
    await transaction
      .insertInto('releases')
      .values({ index, project, version, metadata_json })
      .onConflict((conflict) => conflict.columns(['index', 'project', 'version']).doUpdateSet({ metadata_json }))
      .execute();
    await transaction
      .insertInto('files')
      .values({
        index,
        project,
        version,
        filename,
        sha256: content.sha256,
        size_bytes: content.sizeBytes,
        uploaded_at: new Date(store.clock.now()).toISOString(),
        uploaded_by: order.user,
        requires_python: String(order.metadata['requires_python'] ?? ''),
        hashes_json: JSON.stringify(content.hashes),
        metadata_sha256: '',
        yanked_json: '',
        log_json: '[]',
        is_deleted: 0,
      })
      .execute();
    touchProject(index, project);
  });
}
