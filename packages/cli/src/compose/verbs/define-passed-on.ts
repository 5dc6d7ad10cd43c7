import type { Command } from 'commander';
import type { Io } from '../../io.ts';
import { runCommandLine } from '../../program.ts';
import { listServiceContainers, openProject } from '../open-project.ts';
import type { ProjectOptions } from '../project-options.ts';

interface LogsOptions extends ProjectOptions {
  readonly follow?: boolean;
  readonly since?: string;
  readonly tail?: string;
  readonly timestamps?: boolean;
}

/** `devstead compose logs`. */
export function defineLogs(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Show what containers print.')
    .argument('[services...]', 'default: all')
    .option('-f, --follow', 'go on with every further line until Ctrl-C')
    .option('--since <time>', 'only lines since then: 10m, 2h, or a date')
    .option('-n, --tail <lines>', 'only so many of the last lines of each container', 'all')
    .option('-t, --timestamps', 'begin each line with its time')
    .option('--no-color', 'taken and not needed: NO_COLOR=1 takes colours away')
    .addHelpText('after', '\nExamples:\n  devstead compose logs -f backend\n  devstead compose logs --tail 20\n')
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const { follow, since, tail, timestamps, ...options } = called.optsWithGlobals<LogsOptions>();
      const { workspace, environment } = openProject(io, options);
      const names = services.length === 0 ? [] : listServiceContainers(environment, services);
      const words = [
        ...(follow === true ? ['--follow'] : []),
        ...(since === undefined ? [] : ['--since', since]),
        ...(tail === undefined || tail === 'all' ? [] : ['--tail', tail]),
        ...(timestamps === true ? ['--timestamps'] : []),
      ];
      done(await runCommandLine(['logs', '--name', workspace.id, ...words, ...names], io));
    });
}

/** `devstead compose top` and `cp`, as the commands of the same names. */
export function defineOthers(parent: Command, io: Io, done: (exitCode: number) => void): void {
  parent
    .command('top')
    .description('Show what containers use.')
    .addHelpText('after', '\nExample:\n  devstead compose top\n')
    .action(async (_options: unknown, called: Command) => {
      const { workspace } = openProject(io, called.optsWithGlobals<ProjectOptions>());
      done(await runCommandLine(['top', '--once', '--name', workspace.id], io));
    });
  parent
    .command('cp')
    .description('Copy files out of and into containers.')
    .argument('<source>', 'SERVICE:PATH, or a path')
    .argument('<target>', 'SERVICE:PATH, or a path')
    .addHelpText('after', '\nExample:\n  devstead compose cp backend:/app/log.txt .\n')
    .action(async (source: string, target: string, _options: unknown, called: Command) => {
      const { workspace } = openProject(io, called.optsWithGlobals<ProjectOptions>());
      done(await runCommandLine(['cp', '--name', workspace.id, source, target], io));
    });
}
