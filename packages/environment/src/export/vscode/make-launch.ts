import { listContainerEndpoints } from '../../replicas.ts';
import type { ExecCommand } from '../../types.ts';
import { findLanguages } from '../text/languages-table.ts';
import type { VscodeScope } from './make-tasks.ts';

/** Configurations that attach to what the commands of the group debug start, where their language's debugger is known. */
export function makeLaunch({ source, losses, main, folder }: VscodeScope): readonly object[] {
  const { commands, containers } = source.environment;
  const container = containers.find(({ name }) => name === main);
  const ports = container === undefined ? [] : listContainerEndpoints(container).map(({ endpoint }) => endpoint);
  return commands.flatMap((command): object[] => {
    if (command.type !== 'exec' || command.group?.kind !== 'debug' || command.container !== main) return [];
    const found = findLanguages(source).flatMap((language) =>
      language.debugger === undefined ? [] : [language.debugger],
    );
    const debug = found.find(({ words }) => words.test(command.commandLine)) ?? found[0];
    if (debug === undefined) {
      losses.drop(
        `commands.${command.id}.group`,
        `There is no launch configuration for ${command.id}: its debugger is not known.`,
        {
          severity: 'info',
        },
      );
      return [];
    }
    const named = ports.find(({ name }) => /debug/.test(name))?.port;
    const port =
      findPort(
        command,
        ports.map((endpoint) => endpoint.port),
      ) ??
      named ??
      debug.usualPort;
    return [attachTo(debug.type, command.id, port, folder)];
  });
}

/** The port behind the debugger's own words, else one that the line names and the container has. Parts of addresses are none. */
function findPort({ commandLine }: ExecCommand, ports: readonly number[]): number | undefined {
  const list = (text: string): number[] =>
    [...text.matchAll(/(?<![\d.])\d{2,5}(?![\d.])/g)].map(([digits]) => Number(digits));
  const [, behind = ''] = /(?:debugpy|--inspect|address|--listen|dlv)(.*)/s.exec(commandLine) ?? [];
  return list(behind)[0] ?? list(commandLine).find((number) => ports.includes(number));
}

function attachTo(type: string, name: string, port: number, folder: string | undefined): object {
  const base = { name, type, request: 'attach' };
  const root = folder ?? '${workspaceFolder}';
  switch (type) {
    case 'debugpy':
      return {
        ...base,
        connect: { host: 'localhost', port },
        pathMappings: [{ localRoot: '${workspaceFolder}', remoteRoot: root }],
      };
    case 'node':
      return { ...base, address: 'localhost', port, localRoot: '${workspaceFolder}', remoteRoot: root };
    case 'go':
      return { ...base, mode: 'remote', host: 'localhost', port, remotePath: root };
    default:
      return { ...base, hostName: 'localhost', port };
  }
}
