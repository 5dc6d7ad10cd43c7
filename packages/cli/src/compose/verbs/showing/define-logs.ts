import { AppError } from '@devstead/kit';
import type { Command } from 'commander';
import type { Io } from '../../../io.ts';
import { runCommandLine } from '../../../program.ts';
import { listServiceContainers, openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';

interface LogsOptions extends ProjectOptions {
  readonly follow?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly tail?: string;
  readonly index?: string;
  readonly timestamps?: boolean;
  /** False with `--no-log-prefix`. */
  readonly logPrefix: boolean;
  /** False with `--no-color`. */
  readonly color: boolean;
}

/** `devstead compose logs`. */
export function defineLogs(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Show what containers print.')
    .argument('[services...]', 'default: all')
    .option('-f, --follow', 'go on with every further line until Ctrl-C')
    .option('--since <time>', 'only lines since then: 10m, 2h, or a date')
    .option('--until <time>', 'only lines before then; with --follow it ends then')
    .option('-n, --tail <lines>', 'only so many of the last lines of each container', 'all')
    .option('--index <number>', 'which container of the service; default: all')
    .option('-t, --timestamps', 'begin each line with its time')
    .option('--no-log-prefix', 'do not begin lines with the container’s name')
    .option('--no-color', 'no colours')
    .addHelpText(
      'after',
      '\nExamples:\n  devstead compose logs -f backend\n  devstead compose logs --tail 20\n' +
        '  devstead compose logs --since 10m --until 5m -t backend\n',
    )
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const options = called.optsWithGlobals<LogsOptions>();
      const { since, until, tail = 'all' } = options;
      const { workspace, environment } = await openProject(io, options);
      const words = [
        ...(options.follow === true ? ['--follow'] : []),
        ...(since === undefined ? [] : ['--since', since]),
        ...(until === undefined ? [] : ['--until', until]),
        ...(tail === 'all' ? [] : ['--tail', tail]),
        ...(options.timestamps === true ? ['--timestamps'] : []),
        ...(options.logPrefix ? [] : ['--no-prefix']),
        ...chooseContainers(environment, services, options.index),
      ];
      const plain = { ...io, stdout: withoutColour(io) };
      done(await runCommandLine(['logs', '--name', workspace.id, ...words], options.color ? io : plain));
    });
}

function withoutColour({ stdout }: Io): Io['stdout'] {
  const { isTerminal, columns } = stdout;
  return { isTerminal, columns, hasColour: false, write: (text) => stdout.write(text) };
}

/** Throws UNKNOWN_CONTAINER. */
function chooseContainers(
  environment: Parameters<typeof listServiceContainers>[0],
  services: readonly string[],
  index: string | undefined,
): readonly string[] {
  if (index === undefined) return services.length === 0 ? [] : listServiceContainers(environment, services);
  return services.map((service) => {
    const container = listServiceContainers(environment, [service])[Number(index) - 1];
    if (container === undefined) throw new AppError('UNKNOWN_CONTAINER', `${service} has no container ${index}`);
    return container;
  });
}
