import { join } from 'node:path';
import { AppError, exitCode } from '@devstead/kit';
import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { parseSize } from '../parse-size.ts';
import { readPipSettings } from '../pip-settings.ts';
import { readFolders } from '../settings.ts';
import { version } from '../version.ts';

interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly data?: string;
  readonly database?: string;
  readonly rootPypi: boolean;
  readonly outsideUrl?: string;
  readonly trustedProxy: readonly string[];
  readonly maxUpload: number;
  readonly restrictModify?: boolean;
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
    .option('--restrict-modify', 'only root may create users')
    .addHelpText(
      'after',
      '\nExamples:\n  devstead index serve\n  DEVSTEAD_INDEX_ROOT_PASSWORD=… devstead index serve --host 0.0.0.0\n' +
        '  devstead index serve --database postgres://index@db.example.com/index\n',
    )
    .action(async (options: ServeOptions) => {
      const { startServer } = await import('@devstead/pyindex');
      const folders = readFolders(io);
      const rootPassword = io.env['DEVSTEAD_INDEX_ROOT_PASSWORD'];
      const upstream = readPipSettings(io, folders.home).find(({ name }) => name === 'PIP_INDEX_URL')?.value;
      const server = await startServer({
        folder: options.data ?? join(folders.state, 'index'),
        host: options.host,
        port: options.port,
        isWithoutRootPypi: !options.rootPypi,
        trustedProxies: options.trustedProxy,
        uploadLimitBytes: options.maxUpload,
        isUserCreationRestricted: options.restrictModify === true,
        version,
        ...(options.database === undefined ? {} : { database: options.database }),
        ...(rootPassword === undefined ? {} : { rootPassword }),
        ...(upstream === undefined ? {} : { upstreamUrl: upstream }),
        ...(options.outsideUrl === undefined ? {} : { outsideUrl: options.outsideUrl }),
      });
      if (server.rootPassword !== undefined) {
        io.stderr.write(`The password of root is ${server.rootPassword}\nIt is shown this once.\n`);
      }
      io.stderr.write(`Serving on http://${server.host}:${server.port}\n`);
      await new Promise<void>((resolve) => {
        if (io.signal.aborted) resolve();
        else io.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await server.stop();
      done(exitCode.done);
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
