import { AppError, exitCode } from '@devstead/kit';
import type { StackSource, World } from '@devstead/registry';
import { describePortOwner } from '@devstead/runtime';
import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { parseDuration } from '../parse-duration.ts';
import { readSettings } from '../settings.ts';
import { findStackFolder } from './find-stack-folder.ts';
import { starterCache } from './open-libraries.ts';
import { makeRegistryWorld } from './registry-world.ts';
import { makeSources } from './sources.ts';

/** Sources that take longer, such as copies of other registries, come in when they are there. */
const patienceMs = 5000;

/** A copy of another registry is made anew after this long. */
const mirrorAgeMs = 6 * 60 * 60_000;

interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly metricsPort?: number;
  readonly refresh: number;
  readonly outsideUrl?: string;
  readonly headless?: boolean;
  readonly offline?: boolean;
}

/** `devstead registry serve`: serves stacks in the foreground until it is asked to end. */
export function defineServe(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('[folders...]', 'folders of stacks in the official layout; default: the own registry')
    .description('Serve stacks by the API of a devfile registry until Ctrl-C or a request to end.')
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('--port <port>', 'the port to listen on; 0: any free one', parsePort, 8080)
    .option('--metrics-port <port>', 'serve metrics for Prometheus on this port too, at /metrics', parsePort)
    .option('--refresh <duration>', 'how often sources are read again; 0s: never', parseDuration, 5 * 60_000)
    .option('--outside-url <url>', 'what clients reach it by, when a proxy stands before it')
    .option('--headless', 'no pages for people')
    .option('--offline', 'fetch nothing: no starter projects and no icons of elsewhere')
    .addHelpText(
      'after',
      '\nClients name it as registryUrl: http://127.0.0.1:8080. Stacks with errors are left out and named in the log.\n' +
        '\nExamples:\n  devstead registry serve\n  devstead registry serve ./company-stacks --host 0.0.0.0\n' +
        '  devstead registry serve --metrics-port 7071 --refresh 1m\n',
    )
    .action(async (folders: readonly string[], options: ServeOptions) => {
      done(await serve(io, folders, options));
    });
}

async function serve(io: Io, folders: readonly string[], options: ServeOptions): Promise<number> {
  const { host, port, metricsPort, refresh, outsideUrl, headless, offline } = options;
  if (outsideUrl !== undefined && !/^https?:/.test(URL.parse(outsideUrl)?.protocol ?? ''))
    throw new AppError('USAGE', `${outsideUrl} is no http(s) address`);
  const { startRegistry } = await import('@devstead/registry');
  const world = makeRegistryWorld(io, readSettings(io));
  const registry = await startRegistry({
    sources: await chooseSources(io, folders, world, refresh),
    cacheFolder: starterCache(io),
    host,
    port,
    refreshMs: refresh,
    patienceMs,
    isHeadless: headless === true,
    ...(offline === true ? {} : { world }),
    ...(metricsPort === undefined ? {} : { metricsPort }),
    ...(outsideUrl === undefined ? {} : { outsideUrl }),
  }).catch((error: unknown) => {
    throw namePortOwner(error, port);
  });
  const shown = registry.host.includes(':') ? `[${registry.host}]` : registry.host;
  io.stderr.write(`Serving ${registry.countStacks()} stacks and samples on http://${shown}:${registry.port}\n`);
  await waitForEnd(io.signal);
  await registry.stop();
  return exitCode.done;
}

async function chooseSources(
  io: Io,
  folders: readonly string[],
  world: World,
  refreshMs: number,
): Promise<readonly StackSource[]> {
  // At each reading a repository is cloned; a copy of another registry is much larger.
  if (folders.length === 0)
    return makeSources(io, world, { gitMs: refreshMs / 2, registryMs: Math.max(refreshMs, mirrorAgeMs) });
  const { folderSource } = await import('@devstead/registry');
  return folders.map((folder) => folderSource(findStackFolder(io, folder), { name: folder }));
}

function namePortOwner(error: unknown, port: number): unknown {
  if (!(error instanceof AppError) || error.code !== 'PORT_IN_USE') return error;
  const owner = describePortOwner(port);
  return new AppError('PORT_IN_USE', owner === undefined ? error.message : `port ${port} is held by ${owner}`, {
    hint: 'End it, or pass another port: `devstead registry serve --port 8081`, or 0 for any free one.',
    cause: error,
  });
}

function waitForEnd(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new AppError('USAGE', `${text} is no port`);
  return port;
}
