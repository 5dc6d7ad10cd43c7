import type { FastifyBaseLogger } from 'fastify';
import type { Authenticator } from '../access/authenticator.ts';
import type { RenderedPages } from '../pages/rendered-pages.ts';
import type { SearchCatalog } from '../releases/search/search-catalog.ts';
import type { PackageSource } from '../source.ts';
import type { IndexStore } from '../store/index-store.ts';
import type { UpstreamClient } from '../upstream/upstream-client.ts';

/** What the routes work with. */
export interface IndexServer {
  readonly store: IndexStore;
  readonly authenticator: Authenticator;
  readonly pages: RenderedPages;
  readonly catalog: SearchCatalog;
  /** The source of an index that exists. */
  findSource(index: string): PackageSource;
  /** How other servers are reached. */
  readonly upstream: UpstreamClient;
  readonly settings: HttpSettings;
  /** True once the server takes no new work. */
  readonly isStopping: () => boolean;
  readonly log: FastifyBaseLogger;
}

export interface HttpSettings {
  readonly version: string;
  readonly host: string;
  readonly port: number;
  /** `https://index.example.com/path`, without a slash at its end: what absolute addresses begin with. */
  readonly outsideUrl?: string;
  /** Addresses and networks of proxies whose `X-Forwarded-*` count. */
  readonly trustedProxies: readonly string[];
  readonly uploadLimitBytes: number;
  /** How long a page for people waits for what upstream may say besides, in milliseconds. */
  readonly patienceMs: number;
  /** The only ones who may create and modify users and indexes; absent: everybody their own. */
  readonly restrictModify?: readonly string[];
}
