import type { IndexRecord, MirrorConfig } from './indexes/index-config.ts';
import type { PackageSource } from './source.ts';
import { awaitSource } from './sources/awaited-source.ts';
import { BackgroundWork } from './sources/background-work.ts';
import { InheritedIndex, type InheritedSource } from './sources/inherited-index.ts';
import { LocalStage } from './sources/local-stage.ts';
import { readMirrorSettings } from './sources/mirror/mirror-settings.ts';
import { MirrorSource } from './sources/mirror/mirror-source.ts';
import { noUpstream } from './sources/mirror/no-upstream.ts';
import { GatedSource, type RecordDecisions } from './sources/policy/gated-source.ts';
import { recordDecisions } from './sources/policy/guard-log.ts';
import { GuardedSource } from './sources/policy/guarded-source.ts';
import { type Policy, readPolicy } from './sources/policy/policy.ts';
import type { SourceLog } from './sources/source-log.ts';
import type { IndexStore } from './store/index-store.ts';
import type { UpstreamClient } from './upstream/upstream-client.ts';

/** What sources need of the world. */
export interface SourceContext {
  readonly store: IndexStore;
  /** The upstream of mirrors without `mirror_url`; `undefined`: there is none. May carry credentials. */
  readonly upstreamUrl: string | undefined | Promise<string | undefined>;
  readonly client: UpstreamClient;
  /** Longest wait for upstream where there is a stale page, in milliseconds. */
  readonly patienceMs: number;
  /** How long a file is fetched before what has come of it is passed on, in milliseconds. */
  readonly fileWaitMs: number;
  readonly log: SourceLog;
}

/**
 * Makes the sources of indexes, and keeps those of mirrors: the same one, with what it has in memory and under way,
 * serves every index that inherits from it, until its configuration changes.
 */
export class SourceComposer {
  readonly #context: SourceContext;
  readonly #background = new BackgroundWork();
  readonly #mirrors = new Map<string, { readonly config: string; readonly source: PackageSource }>();

  constructor(context: SourceContext) {
    this.#context = context;
  }

  /**
   * The one place that says what an index is built of. From the inside: what each index has itself (a local stage, or a
   * mirror with its cache), before mirrors the gate; these by inheritance with the shield; and the guard outermost.
   */
  compose(index: IndexRecord): PackageSource {
    const { store } = this.#context;
    const all = listInOrder(index, store);
    const policies = all.flatMap(({ path, config }) => readPolicy(path, config.guard) ?? []);
    const record: RecordDecisions = (entries, user) => recordDecisions(store, index.path, entries, user);
    const order = all.map((each): InheritedSource => {
      if (each.config.type === 'stage') return { index: each, source: new LocalStage(store, each) };
      const mirror = this.#findMirror(each, each.config);
      return { index: each, source: policies.length === 0 ? mirror : gate(mirror, policies, record) };
    });
    const inherited = new InheritedIndex(order, store.clock);
    if (policies.length === 0) return inherited;
    return new GuardedSource(inherited, { policies, index: index.path, clock: store.clock, record });
  }

  /** Waits for what is kept behind answers. */
  settle(): Promise<void> {
    return this.#background.settle();
  }

  #findMirror(index: IndexRecord, mirror: MirrorConfig): PackageSource {
    const { store, upstreamUrl } = this.#context;
    const config = JSON.stringify(mirror);
    const known = this.#mirrors.get(index.path);
    if (known?.config === config) return known.source;
    const make = (url: string | undefined): PackageSource => {
      const settings = readMirrorSettings(index, mirror, url);
      if (settings === undefined) return noUpstream(index.path);
      return new MirrorSource({ ...this.#context, clock: store.clock, background: this.#background }, settings);
    };
    const isLooking = upstreamUrl instanceof Promise && mirror.mirror_url === undefined;
    const source = isLooking
      ? awaitSource(upstreamUrl.then(make))
      : make(upstreamUrl instanceof Promise ? undefined : upstreamUrl);
    this.#mirrors.set(index.path, { config, source });
    return source;
  }
}

function gate(mirror: PackageSource, policies: readonly Policy[], record: RecordDecisions): PackageSource {
  const judgeName = (project: string) =>
    policies.reduce<ReturnType<Policy['judgeName']>>((found, policy) => found ?? policy.judgeName(project), undefined);
  return new GatedSource(mirror, { judgeName, record });
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
