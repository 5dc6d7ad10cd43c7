import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { AppError, exitCode } from '@devstead/kit';
import type { ServerSettings } from '@devstead/pyindex';
import { indexFolder, recordIndexFailure } from '@devstead/runtime/index-service';
import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { parseSize } from '../parse-size.ts';
import { readFolders, readSettings } from '../settings.ts';
import { version } from '../version.ts';
import { askPip, findUpstream } from './find-upstream.ts';
import { namePortOwner } from './name-port-owner.ts';
import { serveWorkspaces, takeIndex, waitForLastWorkspace } from './serve-workspaces.ts';

interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly data?: string;
  readonly database?: string;
  readonly rootPypi: boolean;
  readonly outsideUrl?: string;
  readonly trustedProxy: readonly string[];
  readonly maxUpload: number;
  readonly restrictModify?: string;
  /** How the relay of a workspace starts it. */
  readonly onDemand?: boolean;
}

/** `devstead index serve`: runs the index in the foreground until it is asked to end. */
export function defineServe(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Serve the index until Ctrl-C or a request to end.')
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('--port <port>', 'the port to listen on; 0: any free one', parsePort, 3141)
    .option('--data <folder>', 'where everything is kept; default: index in the state folder')
    .option('--database <url>', 'postgres://…, instead of SQLite in the data folder')
    .option('--no-root-pypi', 'at the first start, without the mirror root/pypi')
    .option('--outside-url <url>', 'what clients reach it by, when a proxy stands before it')
    .option('--trusted-proxy <address>', 'a proxy whose X-Forwarded-* count; may be repeated', collect, [])
    .option('--max-upload <size>', 'the largest file that may be uploaded', parseSize, 2 ** 30)
    .option('--restrict-modify <users>', 'only these users (with commas) may create and modify users and indexes')
    .addOption(new Option('--on-demand', 'for workspaces alone, until the last one ends').hideHelp())
    .addHelpText(
      'after',
      '\nExamples:\n  devstead index serve\n  DEVSTEAD_INDEX_ROOT_PASSWORD=… devstead index serve --host 0.0.0.0\n' +
        '  devstead index serve --database postgres://index@db.example.com/index\n',
    )
    .action(async (options: ServeOptions) => {
      done(await serve(io, options));
    });
}

async function serve(io: Io, options: ServeOptions): Promise<number> {
  // Garbage is collected when the heap has grown by a fifth, not when it has doubled: a third less memory, at no cost that
  // shows, since what is answered often lies outside the heap.
  setFlagsFromString('--heap-growing-percent=20');
  const { state } = readFolders(io);
  const folder = options.data ?? indexFolder(state);
  // The index in the state folder is the one that workspaces use.
  const isForWorkspaces = options.data === undefined;
  const isOnDemand = options.onDemand === true;
  const lock = isForWorkspaces ? await takeIndex(state, !isOnDemand) : undefined;
  if (isForWorkspaces && lock === undefined) return exitCode.done;
  try {
    const { acceptPushMethod, ensureStage, prepareServer, startServer } = await import('@devstead/pyindex');
    const server = await (isOnDemand ? prepareServer : startServer)(readServerSettings(io, folder, options)).catch(
      (error: unknown) => {
        throw namePortOwner(error, options.port);
      },
    );
    if (server.rootPassword !== undefined && !isOnDemand) {
      io.stderr.write(`The password of root is ${server.rootPassword}\nIt is shown this once.\n`);
    }
    if (isOnDemand) await ensureStage(server.store, 'root/stable', ['root/pypi']);
    const leave = isForWorkspaces ? await serveWorkspaces(state, server, acceptPushMethod, isOnDemand) : undefined;
    if (!isOnDemand) io.stderr.write(`Serving on http://${server.host}:${server.port}\n`);
    await (isOnDemand ? waitForLastWorkspace(state, io.signal) : waitForEnd(io.signal));
    await leave?.();
    await server.stop();
    return exitCode.done;
  } catch (error) {
    // Nobody looks at what it prints; the next `up` tells.
    if (isOnDemand) recordIndexFailure(state, { at: io.clock.now(), message: (error as Error).message });
    throw error;
  } finally {
    lock?.release();
  }
}

function readServerSettings(io: Io, folder: string, options: ServeOptions): ServerSettings {
  const rootPassword = io.env['DEVSTEAD_INDEX_ROOT_PASSWORD'];
  const upstream = findUpstream(io, options);
  return {
    folder,
    host: options.host,
    port: options.port,
    isWithoutRootPypi: !options.rootPypi,
    trustedProxies: options.trustedProxy,
    uploadLimitBytes: options.maxUpload,
    version,
    ...(options.restrictModify === undefined ? {} : { restrictModify: options.restrictModify.split(',') }),
    ...(options.database === undefined ? {} : { database: options.database }),
    ...(rootPassword === undefined ? {} : { rootPassword }),
    findUpstream: () => askPip(io),
    upstream: readUpstreamWay(io),
    ...(upstream === undefined ? {} : { upstreamUrl: upstream }),
    ...(options.outsideUrl === undefined ? {} : { outsideUrl: options.outsideUrl }),
  };
}

/** Through the proxies of this machine, with the certificates that it trusts. */
function readUpstreamWay(io: Io): NonNullable<ServerSettings['upstream']> {
  const { proxies, caBundle } = readSettings(io);
  return {
    proxies: Object.fromEntries(proxies.map(({ name, value }) => [name, value])),
    ...(caBundle === undefined ? {} : { ca: readFileSync(caBundle, 'utf8') }),
  };
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

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
