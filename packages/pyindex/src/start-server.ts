import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { type Clock, systemClock } from '@devstead/kit';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { Authenticator } from './access/authenticator.ts';
import type { PasswordCost } from './access/password.ts';
import { SourceComposer } from './compose-index.ts';
import { buildApp } from './http/app.ts';
import type { HttpSettings, IndexServer } from './http/index-server.ts';
import { storeIndex } from './indexes/store-index.ts';
import { keepRenderedPages } from './pages/rendered-pages.ts';
import type { PackageSource } from './source.ts';
import { IndexStore } from './store/index-store.ts';
import { UpstreamClient, type UpstreamSettings } from './upstream/upstream-client.ts';
import { createUser } from './users/create-user.ts';

/** Those who have a stale page wait no longer than this for a fresh one. */
const defaultPatienceMs = 5000;
const defaultFileWaitMs = 8000;

export interface ServerSettings {
  /** The data folder; made when it is not there. */
  readonly folder: string;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** 0: any free one. Default: 3141. */
  readonly port?: number;
  /** `postgres://…`; default: SQLite in the data folder. */
  readonly database?: string;
  /** The password of `root` at the first start; absent: a random one. */
  readonly rootPassword?: string;
  /** No `root/pypi` at the first start. */
  readonly isWithoutRootPypi?: boolean;
  /** The upstream of mirrors that name none. */
  readonly upstreamUrl?: string;
  /** How upstreams are reached. */
  readonly upstream?: UpstreamSettings;
  readonly outsideUrl?: string;
  readonly trustedProxies?: readonly string[];
  /** Default: 1 GiB. */
  readonly uploadLimitBytes?: number;
  /** The only ones who may create and modify users and indexes. */
  readonly restrictModify?: readonly string[];
  /** `silent` in tests. */
  readonly logLevel?: string;
  readonly version: string;
  readonly clock?: Clock;
  /** What hashing a password costs; tests take less. */
  readonly passwordCost?: PasswordCost;
}

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** The random password that was made for root at the first start; it is nowhere else. */
  readonly rootPassword?: string;
  /** For tests in process: `inject`. */
  readonly app: FastifyInstance;
  readonly store: IndexStore;
  /** Takes no new requests, finishes those under way, and closes the database. */
  stop(): Promise<void>;
}

/** Opens the store and serves it. */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const prepared = await prepareServer(settings);
  const host = settings.host ?? '127.0.0.1';
  await prepared.app.listen({ host, port: settings.port ?? 3141 });
  const address = prepared.app.server.address();
  return { ...prepared, host, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

/** The same without a port: requests come by `app.inject`. */
export async function prepareServer(settings: ServerSettings): Promise<RunningServer> {
  await mkdir(settings.folder, { recursive: true, mode: 0o700 });
  const clock = settings.clock ?? systemClock;
  const log: Logger = pino({ level: settings.logLevel ?? 'info' });
  const store = await IndexStore.open({
    folder: settings.folder,
    clock,
    ...(settings.database === undefined ? {} : { database: settings.database }),
    ...(settings.passwordCost === undefined ? {} : { passwordCost: settings.passwordCost }),
  });
  const rootPassword = await prepareRoot(store, settings);
  const client = new UpstreamClient(settings.upstream);
  const composer = new SourceComposer({
    store,
    client,
    log,
    fileWaitMs: settings.upstream?.fileWaitMs ?? defaultFileWaitMs,
    patienceMs: settings.upstream?.patienceMs ?? defaultPatienceMs,
    ...(settings.upstreamUrl === undefined ? {} : { upstreamUrl: settings.upstreamUrl }),
  });
  let sources = new Map<string, PackageSource>();
  store.onChange(({ directory }) => {
    if (directory === true) sources = new Map();
  });
  const findSource = (path: string): PackageSource => {
    const known = sources.get(path);
    if (known !== undefined) return known;
    const index = store.directory.indexes.get(path);
    if (index === undefined) throw new Error(`there is no index ${path}`);
    const source = composer.compose(index);
    sources.set(path, source);
    return source;
  };
  const http: HttpSettings = {
    version: settings.version,
    host: settings.host ?? '127.0.0.1',
    port: settings.port ?? 3141,
    trustedProxies: settings.trustedProxies ?? [],
    uploadLimitBytes: settings.uploadLimitBytes ?? 2 ** 30,
    ...(settings.outsideUrl === undefined ? {} : { outsideUrl: settings.outsideUrl }),
    ...(settings.restrictModify === undefined ? {} : { restrictModify: settings.restrictModify }),
  };
  let isStopping = false;
  const server: IndexServer = {
    store,
    authenticator: new Authenticator(store),
    pages: keepRenderedPages({ findSource, clock, onChange: (listener) => store.onChange(listener) }),
    findSource,
    settings: http,
    isStopping: () => isStopping,
    log,
  };
  const app = buildApp(server);
  await app.ready();
  return {
    host: http.host,
    port: http.port,
    app,
    store,
    ...(rootPassword === undefined ? {} : { rootPassword }),
    async stop() {
      isStopping = true;
      await app.close();
      await composer.settle();
      client.close();
      await store.close();
    },
  };
}

/** Makes root and `root/pypi` where there is no root yet. Returns the password when it had to be invented. */
async function prepareRoot(store: IndexStore, settings: ServerSettings): Promise<string | undefined> {
  if (store.directory.users.has('root')) return undefined;
  const invented = settings.rootPassword === undefined ? randomBytes(15).toString('base64url') : undefined;
  await createUser(store, 'root', settings.rootPassword ?? invented ?? '', {});
  if (settings.isWithoutRootPypi !== true) {
    await store.change((context) => storeIndex(context, 'root', 'pypi', { type: 'mirror', volatile: false }));
  }
  return invented;
}
