import { AppError } from '@devstead/kit';
import { readRecordedEnvironment } from '@devstead/runtime';
import type { Command } from 'commander';
import { upLoaded } from '../../commands/up.ts';
import type { Io } from '../../io.ts';
import { listServiceContainers, type OpenedProject, openProject } from '../open-project.ts';
import type { ProjectOptions } from '../project-options.ts';
import { takeDown } from './define-down.ts';
import { stopServices } from './define-up.ts';

const verbs = {
  stop: 'Stop services without removing them.',
  start: 'Start services that were stopped.',
  restart: 'Stop services and start them again.',
} as const;

/** `devstead compose stop`, `start` and `restart`. */
export function defineLifecycle(parent: Command, io: Io, done: (exitCode: number) => void): void {
  for (const [verb, description] of Object.entries(verbs)) {
    parent
      .command(verb)
      .description(description)
      .argument('[services...]', 'default: all')
      .option('-t, --timeout <seconds>', 'taken and not needed: each service has its own time to end')
      .addHelpText('after', `\nExamples:\n  devstead compose ${verb}\n  devstead compose ${verb} backend\n`)
      .action(async (services: readonly string[], _options: unknown, called: Command) => {
        const project = openProject(io, called.optsWithGlobals<ProjectOptions>());
        const names = listServiceContainers(project.environment, services);
        if (verb !== 'start') await stop(io, project, services, names, verb === 'stop');
        done(verb === 'stop' ? 0 : await start(io, project, services));
      });
  }
}

async function stop(
  io: Io,
  project: OpenedProject,
  services: readonly string[],
  names: readonly string[],
  isLast: boolean,
): Promise<void> {
  if (services.length === 0 && isLast) await takeDown(io, project, { isKept: true });
  else await stopServices(io, project, names);
}

/** What was made is started as it was made. */
async function start(
  io: Io,
  { loaded, environment, workspace, runtime }: OpenedProject,
  services: readonly string[],
): Promise<number> {
  const isCreated = readRecordedEnvironment(workspace) !== undefined;
  if (!isCreated && Object.keys((await runtime.observe()).containers).length === 0) {
    throw new AppError('WORKSPACE_NOT_RUNNING', `${environment.name} has no containers`, {
      hint: 'Run `devstead compose up -d`.',
    });
  }
  return upLoaded(
    io,
    { ...loaded, environment },
    {
      name: environment.name,
      commands: true,
      output: 'text',
      keepsOrphans: true,
      ...(services.length === 0 ? {} : { only: services }),
    },
  );
}
