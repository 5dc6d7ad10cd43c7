import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { AppError, type Clock, systemClock } from '@devstead/kit';
import { type FastifyInstance, fastify } from 'fastify';
import { destination, pino } from 'pino';
import { buildApp } from './http/app.ts';
import { makeMetrics, type RegistryMetrics } from './http/metrics.ts';
import { Icons } from './icons/icons.ts';
import type { StackSource } from './sources/stack-source.ts';
import { StackKeeper } from './stack-keeper.ts';
import { StarterArchives } from './starters/starter-archives.ts';
import type { World } from './world.ts';

export interface RegistrySettings {
  /** Of stacks with the same name, that of the first source is served. */
  readonly sources: readonly StackSource[];
  /** Where archives of starter projects are kept. */
  readonly cacheFolder: string;
  /** Absent: nothing is fetched, neither starter projects nor icons. */
  readonly world?: World;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** 0: any free one. Default: 8080. */
  readonly port?: number;
  /** Metrics are served here too, on the same host; absent: nowhere. */
  readonly metricsPort?: number;
  /** How often sources are read again; 0: never. Default: five minutes. */
  readonly refreshMs?: number;
  /** After this long it is served what was read until then. Default: as long as it takes. */
  readonly patienceMs?: number;
  /** What clients reach it by, when a proxy stands before it; default: what each of them has asked. */
  readonly outsideUrl?: string;
  /** No pages for people. */
  readonly isHeadless?: boolean;
  /** `silent` in tests. */
  readonly logLevel?: string;
  readonly clock?: Clock;
}

export interface RunningRegistry {
  readonly host: string;
  readonly port: number;
  readonly metricsPort?: number;
  /** For tests in process: `inject`. */
  readonly app: FastifyInstance;
  /** Stacks and samples that are served. */
  readonly countStacks: () => number;
  refresh(): Promise<void>;
  /** Takes no new requests and finishes those under way. */
  stop(): Promise<void>;
}

const defaults = { host: '127.0.0.1', port: 8080, refreshMs: 5 * 60_000 } as const;

/** Reads the sources and serves them. Throws PORT_IN_USE. */
export async function startRegistry(settings: RegistrySettings): Promise<RunningRegistry> {
  const { host = defaults.host, port = defaults.port, metricsPort, refreshMs = defaults.refreshMs } = settings;
  const { app, metrics, keeper } = await compose(settings);
  let metricsApp: FastifyInstance | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all([app.close(), metricsApp?.close()]);
    await keeper.stop();
  };
  try {
    await listen(app, host, port);
    if (metricsPort !== undefined) metricsApp = await serveMetrics(metrics, host, metricsPort);
  } catch (error) {
    await stop();
    throw error;
  }
  const timer = refreshMs === 0 ? undefined : setInterval(() => void keeper.refresh(), refreshMs);
  return {
    host,
    port: portOf(app),
    ...(metricsApp === undefined ? {} : { metricsPort: portOf(metricsApp) }),
    app,
    countStacks: () => keeper.served.catalog.stacks.length,
    refresh: () => keeper.refresh(),
    async stop() {
      clearInterval(timer);
      await stop();
    },
  };
}

/** The same without a port: requests come by `app.inject`. */
export async function prepareRegistry(
  settings: RegistrySettings,
): Promise<Pick<RunningRegistry, 'app' | 'refresh' | 'stop'>> {
  const { app, keeper } = await compose(settings);
  return {
    app,
    refresh: () => keeper.refresh(),
    async stop() {
      await app.close();
      await keeper.stop();
    },
  };
}

async function compose(
  settings: RegistrySettings,
): Promise<{ readonly app: FastifyInstance; readonly metrics: RegistryMetrics; readonly keeper: StackKeeper }> {
  const { sources, cacheFolder, world, isHeadless = false, clock = systemClock } = settings;
  const log = pino({ level: settings.logLevel ?? 'info' }, destination(2));
  const metrics = makeMetrics();
  const keeper = new StackKeeper(sources, metrics, log);
  const patience =
    settings.patienceMs === undefined ? [] : [setTimeout(settings.patienceMs, undefined, { ref: false })];
  await Promise.race([keeper.refresh(), ...patience]);
  const app = buildApp({
    served: () => keeper.served,
    plugins: () => keeper.plugins,
    icons: new Icons(world),
    ...(world === undefined ? {} : { starters: new StarterArchives({ folder: cacheFolder, world, clock }) }),
    metrics,
    isHeadless,
    ...(settings.outsideUrl === undefined ? {} : { outsideUrl: settings.outsideUrl.replace(/\/+$/, '') }),
    log,
  });
  await app.ready();
  return { app, metrics, keeper };
}

async function serveMetrics({ registry }: RegistryMetrics, host: string, port: number): Promise<FastifyInstance> {
  const app = fastify({ forceCloseConnections: 'idle' });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  await listen(app, host, port);
  return app;
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new AppError('PORT_IN_USE', `port ${port} of ${host} is taken`, { cause: error });
  }
}

function portOf(app: FastifyInstance): number {
  return (app.server.address() as AddressInfo).port;
}
