import { AppError } from '@devstead/kit';
import { parsePlace } from '@devstead/runtime/copy';
import type { Command } from 'commander';
import type { Io } from '../../../io.ts';
import { runCommandLine } from '../../../program.ts';
import { listServiceContainers, type OpenedProject, openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';
import { refuseOptions } from '../../refuse-options.ts';

interface CopyOptions extends ProjectOptions {
  readonly index?: string;
}

/** `devstead compose top` and `cp`, as the commands of the same names. */
export function defineOthers(parent: Command, io: Io, done: (exitCode: number) => void): void {
  parent
    .command('top')
    .description('Show the processes of containers and what they use.')
    .argument('[services...]', 'default: all')
    .addHelpText('after', '\nExamples:\n  devstead compose top\n  devstead compose top backend\n')
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const { workspace, environment, runtime } = await openProject(io, called.optsWithGlobals<ProjectOptions>());
      const { containers } = await runtime.observe();
      const names = services.length === 0 ? [] : listServiceContainers(environment, services);
      const made = names.filter((name) => containers[name] !== undefined);
      if (services.length > 0 && made.length === 0) return done(0);
      done(await runCommandLine(['top', '--once', '--processes', '--name', workspace.id, ...made], io));
    });
  const copy = parent
    .command('cp')
    .description('Copy files out of and into containers.')
    .argument('<source>', 'SERVICE:PATH, or a path')
    .argument('<target>', 'SERVICE:PATH, or a path')
    .option('--index <number>', 'which container of the service; default: the first')
    .option('-a, --archive', 'taken and not needed: times and modes are kept; files belong to the container’s user');
  refuseOptions(copy, {
    '-L, --follow-link': 'Links are copied as links; name what the link leads to',
    '--all': 'Name the containers that `devstead ps` shows, one after the other',
  });
  copy
    .addHelpText('after', '\nExample:\n  devstead compose cp backend:/app/log.txt .\n')
    .action(async (source: string, target: string, _options: unknown, called: Command) => {
      const options = called.optsWithGlobals<CopyOptions>();
      const project = await openProject(io, options);
      const places = [source, target].map((word) => chooseContainer(project, word, options.index));
      done(await runCommandLine(['cp', '--name', project.workspace.id, ...places], io));
    });
}

/** A place in a service's container of that number. Throws UNKNOWN_CONTAINER. */
function chooseContainer({ environment }: OpenedProject, word: string, index: string | undefined): string {
  const place = parsePlace(word);
  if (index === undefined || place.kind === 'machine') return word;
  const container = listServiceContainers(environment, [place.container])[Number(index) - 1];
  if (container === undefined) throw new AppError('UNKNOWN_CONTAINER', `${place.container} has no container ${index}`);
  return `${container}:${place.path}`;
}
