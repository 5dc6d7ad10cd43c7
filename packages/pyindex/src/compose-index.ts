import type { IndexRecord, MirrorConfig } from './indexes/index-config.ts';
import type { PackageSource } from './source.ts';
import { LocalStage } from './sources/local-stage.ts';
import { mergeInOrder } from './sources/merge-in-order.ts';
import type { IndexStore } from './store/index-store.ts';

/** What sources need of the world. */
export interface SourceContext {
  readonly store: IndexStore;
  /** The upstream of mirrors without `mirror_url`; absent: there is none. May carry credentials. */
  readonly upstreamUrl?: string;
  readonly log: SourceLog;
}

/** The part of a pino logger that sources use. */
export interface SourceLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/**
 * The one place that says what an index is built of. From the inside: what the index has itself (a local stage, or a
 * mirror with its cache), then its bases by inheritance, the shield, metadata, and the guard outermost.
 */
export function composeIndex(index: IndexRecord, context: SourceContext): PackageSource {
  // SEAM: mirror, cache, shield, metadata and guard are wired in here.
  return mergeInOrder(
    listInOrder(index, context.store).map((each) =>
      each.config.type === 'stage' ? new LocalStage(context.store, each) : composeMirror(each.config),
    ),
  );
}

function composeMirror(_config: MirrorConfig): PackageSource {
  const empty: PackageSource = {
    listProjects: () => Promise.resolve({ names: [] }),
    readProject: () => Promise.resolve(undefined),
    openFile: () => Promise.resolve(undefined),
  };
  return empty;
}

/** The index itself, then its bases breadth-first; those that are mirrors last. */
function listInOrder(index: IndexRecord, store: IndexStore): IndexRecord[] {
  const found = new Map([[index.path, index]]);
  // A Map goes on with what is added while it is walked through.
  for (const { config } of found.values()) {
    for (const path of config.type === 'stage' ? config.bases : []) {
      const base = store.directory.indexes.get(path);
      if (base !== undefined && !found.has(path)) found.set(path, base);
    }
  }
  const all = [...found.values()];
  return [
    ...all.filter(({ config }) => config.type === 'stage'),
    ...all.filter(({ config }) => config.type === 'mirror'),
  ];
}
