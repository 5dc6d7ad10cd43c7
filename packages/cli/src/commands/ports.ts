import { AppError, exitCode } from '@devstead/kit';
import {
  findWorkspace,
  listWorkspaces,
  openSandboxRuntime,
  type PublishedPort,
  type Runtime,
  readRecordedEnvironment,
} from '@devstead/runtime';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { chooseForwards, parseForwards } from '../ports/choose-forwards.ts';
import { type PortList, readPorts } from '../ports/read-ports.ts';
import { type Cell, renderTable } from '../render-table.ts';
import { readSettings } from '../settings.ts';
import { addressOf } from '../workspace-view.ts';

interface PortsOptions {
  readonly name?: string;
  readonly forward?: readonly string[];
  readonly output: 'text' | 'json';
}

/** `devstead ports`: where endpoints are reached; with `--forward`, makes some reachable until Ctrl-C. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .option(
      '--forward <names>',
      'forward endpoints until Ctrl-C: NAME or NAME=PORT, several joined by commas',
      (value, before?: string[]) => [...(before ?? []), value],
    )
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  devstead ports\n  devstead ports --forward postgresql\n  devstead ports --forward postgresql=5432,redis=6379\n',
    )
    .action(async (options: PortsOptions) => {
      const settings = readSettings(io);
      const workspace = findWorkspace(settings.stateFolder, {
        folder: io.cwd,
        ...(options.name === undefined ? {} : { name: options.name }),
      });
      const runtime = openSandboxRuntime(workspace, settings);
      if (options.forward === undefined) {
        const list = await readPorts(workspace, runtime);
        writeResult(io, options.output, list, () => renderPorts(list, io));
        done(exitCode.done);
        return;
      }
      const wishes = options.forward.flatMap(parseForwards);
      if (!runtime.observe().isSandboxRunning)
        throw new AppError('WORKSPACE_NOT_RUNNING', `${workspace.name} is not running`);
      const taken = new Set(listWorkspaces(settings.stateFolder).flatMap(({ record }) => Object.values(record.ports)));
      const ports = await chooseForwards(readRecordedEnvironment(workspace), wishes, {
        firstPort: settings.firstPort,
        taken,
      });
      await forward(io, runtime, ports, options.output);
      done(exitCode.done);
    });
}

const lookForEndMs = 1000;

/** Forwards until the signal; a workspace that is stopped meanwhile is WORKSPACE_NOT_RUNNING. */
async function forward(
  io: Io,
  runtime: Runtime,
  ports: readonly PublishedPort[],
  output: PortsOptions['output'],
): Promise<void> {
  const end = await runtime.forwardPorts(ports);
  const forwards = ports.map((port) => ({
    endpoint: port.endpoint,
    container: port.container,
    port: port.port,
    address: addressOf(port, port.hostPort),
  }));
  const result = { schemaVersion: 'ports-forward/v1', forwards };
  const rows = forwards.map(({ endpoint, address }) => [endpoint, address]);
  writeResult(io, output, result, () => renderTable(rows, { hasColour: io.stdout.hasColour }));
  if (io.stderr.isTerminal) io.stderr.write('  forwarding until Ctrl-C\n');
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      if (io.signal.aborted) resolve();
      io.signal.addEventListener('abort', () => resolve(), { once: true });
      timer = setInterval(() => {
        if (!runtime.observe().isSandboxRunning)
          reject(new AppError('WORKSPACE_NOT_RUNNING', 'the workspace was stopped'));
      }, lookForEndMs);
    });
  } finally {
    clearInterval(timer);
    await end();
  }
}

function renderPorts({ endpoints }: PortList, io: Io): string {
  if (endpoints.length === 0) return 'the devfile declares no endpoints\n';
  const rows = endpoints.map(({ name, container, port, exposure, protocol, address, isListening }): Cell[] => {
    const listening: Cell =
      isListening === true ? { text: 'listening', colour: 'green' } : isListening === false ? 'nothing listens' : '';
    return [name, container, String(port), exposure, protocol, address ?? '-', listening];
  });
  const head = ['NAME', 'CONTAINER', 'PORT', 'EXPOSURE', 'PROTOCOL', 'ADDRESS'];
  return renderTable([head, ...rows], { hasColour: io.stdout.hasColour, indent: '' });
}
