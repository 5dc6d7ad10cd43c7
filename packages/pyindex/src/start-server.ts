import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { AppError, type Clock, systemClock } from '@devstead/kit';
import type { FastifyInstance } from 'fastify';
import { destination, type Logger, pino } from 'pino';
import { Authenticator } from './access/authenticator.ts';
import type { PasswordCost } from './access/password.ts';
import { SourceComposer } from './compose-index.ts';
import { buildApp } from './http/app.ts';
import type { HttpSettings, IndexServer } from './http/index-server.ts';
import { storeIndex } from './indexes/store-index.ts';
import { keepRenderedPages } from './pages/rendered-pages.ts';
import { SearchCatalog } from './releases/search/search-catalog.ts';
import type { PackageSource } from './source.ts';
import { IndexStore } from './store/index-store.ts';
import { lockFolder } from './store/lock-folder.ts';
import { readMeta, writeMeta } from './store/open-database.ts';
import { UpstreamClient, type UpstreamSettings } from './upstream/upstream-client.ts';
import { createUser } from './users/create-user.ts';

/** Those who have something to read already wait no longer than this for a fresher page, or for more. */
const defaultPatienceMs = 5000;
const defaultFileWaitMs = 8000;
const prepareAfterMs = 100;

/** How often it is looked whether another process has changed something. */
const lookEveryMs = 1000;

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
  /** The upstream of mirrors that name none. Remembered: without one, the last is taken. */
  readonly upstreamUrl?: string;
  /** Finds an upstream where none is named and none remembered. */
  readonly findUpstream?: () => Promise<string | undefined>;
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
  const { host, port } = prepared;
  try {
    await prepared.app.listen({ host, port });
  } catch (error) {
    await prepared.stop();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new AppError('PORT_IN_USE', `port ${port} of ${host} is taken`, { cause: error });
  }
  const address = prepared.app.server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  prepared.tellAddress(`http://${host.includes(':') ? `[${host}]` : host}:${listening}`);
  return { ...prepared, port: listening };
}

/** The same without a port: requests come by `app.inject`. */
export async function prepareServer(
  settings: ServerSettings,
): Promise<RunningServer & { readonly tellAddress: (address: string) => void }> {
  await mkdir(settings.folder, { recursive: true, mode: 0o700 });
  const owner = { pid: process.pid, version: settings.version };
  const lock = await lockFolder(settings.folder, owner);
  try {
    const prepared = await prepareLocked(settings);
    return {
      ...prepared,
      tellAddress: (address) => lock.describe({ ...owner, address }),
      async stop() {
        await prepared.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function prepareLocked(settings: ServerSettings): Promise<RunningServer> {
  const clock = settings.clock ?? systemClock;
  const log: Logger = pino({ level: settings.logLevel ?? 'info' }, destination(2));
  const store = await IndexStore.open({
    folder: settings.folder,
    clock,
    ...(settings.database === undefined ? {} : { database: settings.database }),
    ...(settings.passwordCost === undefined ? {} : { passwordCost: settings.passwordCost }),
  });
  const swept = await store.sweep();
  if (swept.removedFiles > 0) log.info(swept, 'removed what an earlier end had left');
  const rootPassword = await prepareRoot(store, settings);
  const looking = setInterval(() => {
    store.refresh().catch((error: unknown) => log.error({ err: error }, 'the database does not answer'));
  }, lookEveryMs);
  looking.unref();
  const client = new UpstreamClient(settings.upstream);
  const { url: upstreamUrl } = await chooseUpstream(store, settings);
  // Behind the start, which nobody should wait for longer than needed.
  void Promise.resolve(upstreamUrl).then((url) => {
    if (/^https:/i.test(url ?? '')) setTimeout(() => client.prepare(), prepareAfterMs).unref();
  });
  const patienceMs = settings.upstream?.patienceMs ?? defaultPatienceMs;
  const composer = new SourceComposer({
    store,
    client,
    log,
    fileWaitMs: settings.upstream?.fileWaitMs ?? defaultFileWaitMs,
    patienceMs,
    upstreamUrl,
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
    patienceMs,
    ...(settings.outsideUrl === undefined ? {} : { outsideUrl: settings.outsideUrl }),
    ...(settings.restrictModify === undefined ? {} : { restrictModify: settings.restrictModify }),
  };
  let isStopping = false;
  const server: IndexServer = {
    store,
    authenticator: new Authenticator(store),
    pages: keepRenderedPages({ findSource, clock, onChange: (listener) => store.onChange(listener) }),
    catalog: new SearchCatalog(store),
    findSource,
    upstream: client,
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
      clearInterval(looking);
      await app.close();
      await upstreamUrl;
      await composer.settle();
      client.close();
      await store.close();
    },
  };
}

/** The one that is named; else the one that was last, as pip's own setting may be this very index by now; else one that is looked for. */
async function chooseUpstream(
  store: IndexStore,
  settings: ServerSettings,
): Promise<{ readonly url: string | undefined | Promise<string | undefined> }> {
  const remembered = await readMeta(store.database, 'upstream');
  const chosen = settings.upstreamUrl ?? remembered;
  const remember = async (url: string | undefined): Promise<string | undefined> => {
    if (url !== undefined && url !== remembered) {
      await store.change(({ transaction }) => writeMeta(transaction, 'upstream', url));
    }
    return url;
  };
  // Looking takes seconds, and only mirrors need it: they wait, and the server does not.
  if (chosen === undefined) return { url: settings.findUpstream?.().then(remember) };
  return { url: await remember(chosen) };
}

/** Makes root and `root/pypi` where there is no root yet. Returns the password when it had to be invented. */
async function prepareRoot(store: IndexStore, settings: ServerSettings): Promise<string | undefined> {
  if (store.directory.users.has('root')) return undefined;
  const invented = settings.rootPassword === undefined ? randomBytes(15).toString('base64url') : undefined;
  await createUser(store, 'root', settings.rootPassword ?? invented ?? '', {}, async (context) => {
    if (settings.isWithoutRootPypi === true) return;
    await storeIndex(context, 'root', 'pypi', { type: 'mirror', volatile: false });
  });
  return invented;
}
