import { AppError, exitCode } from '@devstead/kit';
import {
  findWorkspace,
  openRuntime,
  type PublishedPort,
  type Runtime,
  readRecordedEnvironment,
} from '@devstead/runtime';
import type { Command } from 'commander';
import { listBrowsers, openBrowser } from '../browser/open-browser.ts';
import { type Io, writeResult } from '../io.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { holdForwards, prepareForwards } from '../ports/hold-forwards.ts';
import { listEndpoints } from '../ports/read-ports.ts';
import { readSettings } from '../settings.ts';
import { addressOf } from '../workspace-view.ts';

interface OpenOptions {
  readonly name?: string;
  readonly print?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead open`: an endpoint in the browser. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('[endpoint]', 'default: the first one that a browser can show')
    .option('--print', 'print the address and open nothing')
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nWhere there is no browser ($BROWSER, xdg-open, open) the address is printed. An endpoint that is not published\n' +
        'is forwarded until Ctrl-C.\n\nExamples:\n  devstead open\n  devstead open web\n  devstead open web --print\n',
    )
    .action(async (endpoint: string | undefined, options: OpenOptions) => {
      await openEndpoint(io, endpoint, options);
      done(exitCode.done);
    });
}

type Target = Pick<PublishedPort, 'endpoint' | 'container' | 'protocol' | 'hostPort' | 'path'>;

async function openEndpoint(io: Io, wished: string | undefined, options: OpenOptions): Promise<void> {
  const settings = readSettings(io);
  const by = { folder: io.cwd, ...(options.name === undefined ? {} : { name: options.name }) };
  const workspace = findWorkspace(settings.stateFolder, by);
  const runtime = openRuntime(workspace, settings);
  const { isSandboxRunning, publishedPorts } = await runtime.observe();
  if (!isSandboxRunning) throw new AppError('WORKSPACE_NOT_RUNNING', `${workspace.name} is not running`);
  const endpoints = listEndpoints(readRecordedEnvironment(workspace));
  const name =
    wished ?? endpoints.find(({ endpoint }) => isShown(endpoint) && publishedPorts[endpoint.name])?.endpoint.name;
  if (name === undefined) {
    throw new AppError('UNKNOWN_ENDPOINT', 'no endpoint that a browser can show is published', {
      hint: 'Name one of those listed by `devstead ports`.',
    });
  }
  const found = endpoints.find(({ endpoint }) => endpoint.name === name);
  if (found !== undefined && !isShown(found.endpoint)) {
    throw new AppError('USAGE', `the endpoint ${name} speaks ${found.endpoint.protocol}, which no browser shows`, {
      hint: 'Its address is listed by `devstead ports`.',
    });
  }
  const hostPort = publishedPorts[name];
  if (found !== undefined && hostPort !== undefined) {
    const { protocol, path } = found.endpoint;
    const more = path === undefined ? {} : { path };
    await show(io, { endpoint: name, container: found.container, protocol, hostPort, ...more }, options);
    return;
  }
  const [port] = await prepareForwards(workspace, runtime, settings, [{ endpoint: name }]);
  if (port === undefined) throw new AppError('UNKNOWN_ENDPOINT', `the workspace has no endpoint ${name}`);
  await showForwarded(io, runtime, { ...port, protocol: isShown(port) ? port.protocol : 'http' }, options);
}

function isShown({ protocol }: { readonly protocol: string }): boolean {
  return protocol === 'http' || protocol === 'https';
}

async function showForwarded(io: Io, runtime: Runtime, port: PublishedPort, options: OpenOptions): Promise<void> {
  const end = await runtime.forwardPorts([port]);
  try {
    await show(io, port, options);
  } catch (error) {
    await end();
    throw error;
  }
  if (io.stderr.isTerminal) io.stderr.write('  forwarding until Ctrl-C\n');
  await holdForwards(io, runtime, end);
}

async function show(io: Io, target: Target, { print, output }: OpenOptions): Promise<void> {
  const address = addressOf(target, target.hostPort);
  const isOpened = print !== true && (await openBrowser(listBrowsers(process.platform, io.env), address, io.env));
  const { endpoint, container } = target;
  writeResult(io, output, { schemaVersion: 'open/v1', endpoint, container, address, isOpened }, () => `${address}\n`);
  if (!isOpened && print !== true) io.stderr.write('  no browser could be started here; open the address yourself\n');
}
