import type { Clock } from '@devstead/kit';
import { LRUCache } from 'lru-cache';
import { PageRefused } from '../../../pages/parsing/page-refused.ts';
import { SourceFailure } from '../../../source-failure.ts';
import type { IndexStore } from '../../../store/index-store.ts';
import { discardBody, readText } from '../../../upstream/read-body.ts';
import type { UpstreamAnswer, UpstreamClient } from '../../../upstream/upstream-client.ts';
import type { BackgroundWork } from '../../background-work.ts';
import { SingleFlight } from '../../single-flight.ts';
import type { SourceLog } from '../../source-log.ts';
import type { MirrorSettings } from '../mirror-settings.ts';
import type { SaveQueue } from '../save-queue.ts';
import { loadContent, type MirroredContent, renewContent, saveContent } from './page-rows.ts';

/** What is read of upstream: how, and how it is kept. */
export interface ContentKind<Content> {
  readonly parse: (text: string, isJson: boolean, url: URL, key: string) => Content;
  readonly mostBytes: number;
  /** What a content weighs in memory, and how much may be there. */
  readonly weigh: (content: Content) => number;
  readonly mostWeight: number;
}

/** A content, and since when it is stale: upstream could not be asked. */
export interface ReadContent<Content> {
  readonly content: Content;
  readonly serial: number;
  readonly freshUntilMs: number;
  readonly staleSinceMs?: number;
}

interface ContentContext {
  readonly store: IndexStore;
  readonly saves: SaveQueue;
  readonly client: UpstreamClient;
  readonly settings: MirrorSettings;
  readonly clock: Clock;
  readonly patienceMs: number;
  readonly background: BackgroundWork;
  readonly log: SourceLog;
}

const accept =
  'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.5, text/html;q=0.3, */*;q=0.01';

/**
 * Pages of an upstream index by path, kept in memory and in the database. One request at a time for each; what is there
 * is asked for anew once it has expired, with the validators upstream gave, and served stale while it cannot be had.
 */
export class UpstreamContent<Content extends object> {
  readonly #context: ContentContext;
  readonly #kind: ContentKind<Content>;
  readonly #kept: LRUCache<string, MirroredContent<Content>>;
  readonly #flights = new SingleFlight<MirroredContent<Content>>();
  readonly #loads = new SingleFlight<MirroredContent<Content> | undefined>();

  constructor(context: ContentContext, kind: ContentKind<Content>) {
    this.#context = context;
    this.#kind = kind;
    this.#kept = new LRUCache({
      maxSize: kind.mostWeight,
      sizeCalculation: ({ content }) => 1 + (content === undefined ? 0 : kind.weigh(content)),
    });
  }

  /** `undefined`: upstream does not have it. Throws `SourceFailure` when it cannot say so and nothing is kept. */
  async read(key: string, isFresh: boolean): Promise<ReadContent<Content> | undefined> {
    const known = await this.#load(key);
    if (known !== undefined && !isFresh && this.#context.clock.now() < this.#expire(known)) return this.#finish(known);
    const flight = this.#flights.run(key, () => this.#refresh(key, known));
    if (known?.content === undefined) return this.#finish(await flight);
    const fresh = await this.#waitFor(flight);
    return fresh === undefined ? this.#finish(known, known.fetchedMs) : this.#finish(fresh);
  }

  /** What is kept, fresh or not; nobody is asked. */
  async peek(key: string): Promise<Content | undefined> {
    return (await this.#load(key))?.content;
  }

  /** The answer when it comes in time; who has a stale one need not wait for long. */
  async #waitFor(flight: Promise<MirroredContent<Content>>): Promise<MirroredContent<Content> | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), this.#context.patienceMs);
    });
    try {
      return await Promise.race([flight, patience]);
    } catch (error) {
      if (error instanceof SourceFailure) return undefined;
      throw error;
    } finally {
      clearTimeout(timer);
      // Nobody may be left who listens when it fails later.
      flight.catch(() => undefined);
    }
  }

  #finish(kept: MirroredContent<Content>, staleSinceMs?: number): ReadContent<Content> | undefined {
    if (kept.content === undefined) return undefined;
    return {
      content: kept.content,
      serial: kept.serial,
      freshUntilMs: this.#expire(kept),
      ...(staleSinceMs === undefined ? {} : { staleSinceMs }),
    };
  }

  #expire({ content, fetchedMs }: MirroredContent<Content>): number {
    const { expiryMs, absentExpiryMs } = this.#context.settings;
    return fetchedMs + (content === undefined ? absentExpiryMs : expiryMs);
  }

  /** Of those who ask at the same time one reads it: the list of a large index takes a second and much memory. */
  async #load(key: string): Promise<MirroredContent<Content> | undefined> {
    return (
      this.#kept.get(key) ??
      this.#loads.run(key, async () => {
        const { store, settings } = this.#context;
        const loaded = await loadContent<Content>(store, settings.index, key, settings.upstream.url.href);
        // Meanwhile another may have brought what is newer.
        const newer = this.#kept.get(key);
        if (newer !== undefined) return newer;
        if (loaded !== undefined) this.#kept.set(key, loaded);
        return loaded;
      })
    );
  }

  async #refresh(key: string, known: MirroredContent<Content> | undefined): Promise<MirroredContent<Content>> {
    const { saves, settings, clock } = this.#context;
    const { index, upstream } = settings;
    const answer = await this.#ask(key, known);
    const fetchedMs = clock.now();
    if (answer.status === 304 && known?.content !== undefined) {
      discardBody(answer);
      const renewed = { ...known, fetchedMs };
      this.#kept.set(key, renewed);
      this.#saveLater(key, () => renewContent(saves, index, key, fetchedMs));
      return renewed;
    }
    const next = await this.#readAnswer(answer, key, known, fetchedMs);
    this.#kept.set(key, next);
    const isAbsentAsBefore = next.content === undefined && known?.content === undefined;
    if (!isAbsentAsBefore) this.#saveLater(key, () => saveContent(saves, index, key, upstream.url.href, next));
    return next;
  }

  /** Whoever asked need not wait for it; what is lost is asked for again. */
  #saveLater(key: string, save: () => Promise<void>): void {
    const { background, log } = this.#context;
    background.add(
      save().catch((error: unknown) => {
        log.warn({ err: error, project: key }, 'a mirrored page could not be kept');
      }),
    );
  }

  #ask(key: string, known: MirroredContent<Content> | undefined): Promise<UpstreamAnswer> {
    const { client, settings } = this.#context;
    const { upstream, trustedHost } = settings;
    const hasContent = known?.content !== undefined;
    return client.send({
      url: key === '' ? upstream.url : new URL(`${key}/`, upstream.url),
      headers: {
        accept,
        'accept-encoding': 'gzip',
        ...(hasContent && known.etag !== '' ? { 'if-none-match': known.etag } : {}),
        ...(hasContent && known.lastModified !== '' ? { 'if-modified-since': known.lastModified } : {}),
      },
      ...(upstream.authorization === undefined ? {} : { authorization: upstream.authorization }),
      ...(trustedHost === undefined ? {} : { trustedHost }),
    });
  }

  async #readAnswer(
    answer: UpstreamAnswer,
    key: string,
    known: MirroredContent<Content> | undefined,
    fetchedMs: number,
  ): Promise<MirroredContent<Content>> {
    const { status, headers, url } = answer;
    if (status === 404 || status === 410) {
      discardBody(answer);
      return { etag: '', lastModified: '', serial: -1, fetchedMs };
    }
    if (status !== 200) {
      answer.body.destroy();
      throw new SourceFailure('upstream-unreachable', `${url.host} answers with status ${status}`);
    }
    const serial = readSerial(headers['x-pypi-last-serial']);
    if (serial !== -1 && serial < (known?.serial ?? -1) && !this.#context.settings.isSerialIgnored) {
      answer.body.destroy();
      throw new SourceFailure('upstream-broken', `${url.host} sent an older page than before`);
    }
    const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
    if (!/\b(?:json|html|xhtml\+xml)$/.test(type)) {
      answer.body.destroy();
      throw new SourceFailure('upstream-broken', `${url.host} sent no page of an index`);
    }
    const text = await readText(answer, this.#context.client.stallMs, this.#kind.mostBytes);
    return {
      content: this.#parse(text, type.endsWith('json'), url, key),
      etag: headers.etag?.slice(0, 500) ?? '',
      lastModified: headers['last-modified']?.slice(0, 100) ?? '',
      serial,
      fetchedMs,
    };
  }

  #parse(text: string, isJson: boolean, url: URL, key: string): Content {
    try {
      return this.#kind.parse(text, isJson, url, key);
    } catch (error) {
      if (!(error instanceof PageRefused)) throw error;
      throw new SourceFailure('upstream-broken', `${url.host} sent no page of an index: ${error.message}`, {
        cause: error,
      });
    }
  }
}

function readSerial(header: string | string[] | undefined): number {
  return typeof header === 'string' && /^[0-9]{1,15}$/.test(header) ? Number(header) : -1;
}
