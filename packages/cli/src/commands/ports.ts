import { exitCode } from '@devstead/kit';
import { findWorkspace, openRuntime, type PublishedPort } from '@devstead/runtime';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { parseForwards } from '../ports/choose-forwards.ts';
import { holdForwards, prepareForwards } from '../ports/hold-forwards.ts';
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
      'forward endpoints until Ctrl-C: NAME, the number of a port, or NAME=PORT; several joined by commas',
      (value, before?: string[]) => [...(before ?? []), value],
    )
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  devstead ports\n  devstead ports --forward postgresql\n  devstead ports --forward postgresql=5432,redis=6379\n  devstead ports --forward 8888\n',
    )
    .action(async (options: PortsOptions) => {
      const settings = readSettings(io);
      const workspace = findWorkspace(settings.stateFolder, {
        folder: io.cwd,
        ...(options.name === undefined ? {} : { name: options.name }),
      });
      const runtime = openRuntime(workspace, settings);
      if (options.forward === undefined) {
        const list = await readPorts(workspace, runtime);
        writeResult(io, options.output, list, () => renderPorts(list, io));
        done(exitCode.done);
        return;
      }
      const wishes = options.forward.flatMap(parseForwards);
      const ports = await prepareForwards(workspace, runtime, settings, wishes);
      const end = await runtime.forwardPorts(ports);
      printForwards(io, ports, options.output);
      if (io.stderr.isTerminal) io.stderr.write('  forwarding until Ctrl-C\n');
      await holdForwards(io, runtime, end);
      done(exitCode.done);
    });
}

function printForwards(io: Io, ports: readonly PublishedPort[], output: PortsOptions['output']): void {
  const forwards = ports.map((port) => ({
    endpoint: port.endpoint,
    container: port.container,
    port: port.port,
    address: addressOf(port, port.hostPort),
  }));
  const rows = forwards.map(({ endpoint, address }) => [endpoint, address]);
  writeResult(io, output, { schemaVersion: 'ports-forward/v1', forwards }, () =>
    renderTable(rows, { hasColour: io.stdout.hasColour }),
  );
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
