import type { Container } from '@devstead/environment';
import { AppError, exitCode } from '@devstead/kit';
import { readRecordedEnvironment } from '@devstead/runtime';
import type { Command } from 'commander';
import { upLoaded } from '../../commands/up.ts';
import type { Io } from '../../io.ts';
import { listServiceContainers, type OpenedProject, openProject } from '../open-project.ts';
import type { ProjectOptions } from '../project-options.ts';
import { findWatchedServices } from './find-watched-services.ts';
import { runServiceWatch, silence } from './run-service-watch.ts';
import { watchFromStart } from './watch-from-start.ts';
import { makeComposeOutput } from './watch-messages.ts';

interface WatchOptions extends ProjectOptions {
  /** False with `--no-up`. */
  readonly up: boolean;
  readonly quiet?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** `devstead compose watch`: what services are made of is kept as it is here. */
export function defineWatch(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Watch what services are made of, and bring changes into them.')
    .argument('[services...]', 'only these; default: all with a section `develop`')
    .option('--no-up', 'do not start services first: they run already')
    .option('--quiet', 'do not show how services start and images are built')
    .option('--prune', 'taken and not needed: `devstead image prune` removes what nobody uses', true)
    .option('--no-prune', 'taken and not needed')
    .option('--dry-run', 'only say what would be done')
    .option('-y, --yes', 'agree to what the project asks for beyond its folder')
    .addHelpText(
      'after',
      '\nThe rules are those of develop.watch in the compose file. Left alone is what a rule’s `ignore` and the .dockerignore of the\n' +
        'service’s build say, .git, and what editors keep beside a file. Ends with Ctrl-C; services run on.\n' +
        '\nExamples:\n  devstead compose watch\n  devstead compose watch --no-up backend\n  devstead compose watch --dry-run\n',
    )
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      done(await composeWatch(io, services, called.optsWithGlobals<WatchOptions>()));
    });
}

async function composeWatch(io: Io, services: readonly string[], options: WatchOptions): Promise<number> {
  const project = await openProject(io, options, false);
  const { loaded } = project;
  listServiceContainers(loaded.environment, services);
  // Whoever cannot be watched is not started for it.
  const watched = findWatchedServices(loaded.environment, services);
  const isDry = options.dryRun === true;
  if (options.up && !isDry) {
    const quiet: Io = options.quiet === true ? { ...io, ...silence(io) } : io;
    const start = (): Promise<number> =>
      upLoaded({ ...quiet, stdout: quiet.stderr }, loaded, {
        name: project.workspace.name,
        commands: true,
        output: 'text',
        keepsOrphans: true,
        only: services.length === 0 ? watched.map(({ name }) => name) : services,
        ...(options.yes === undefined ? {} : { yes: options.yes }),
      });
    const { code, watching } = await watchFromStart(io, project, services, start, { isQuiet: options.quiet === true });
    await watching;
    return io.signal.aborted ? exitCode.interrupted : code;
  }
  await watchProject(io, project, services, { isDry, isQuiet: options.quiet === true });
  return io.signal.aborted ? exitCode.interrupted : exitCode.done;
}

/** Watches a project that runs. Throws WORKSPACE_NOT_RUNNING. */
async function watchProject(
  io: Io,
  { workspace, runtime, loaded, settings }: OpenedProject,
  services: readonly string[],
  { isDry = false, isQuiet = false }: { readonly isDry?: boolean; readonly isQuiet?: boolean } = {},
): Promise<void> {
  if (!isDry && (readRecordedEnvironment(workspace) === undefined || !(await runtime.observe()).isSandboxRunning))
    throw new AppError('WORKSPACE_NOT_RUNNING', `${workspace.name} is not running`, {
      hint: 'Leave --no-up out, or run `devstead compose up -d` first.',
    });
  if (!isDry) requireAgreed(readRecordedEnvironment(workspace)?.containers ?? [], loaded.environment.containers);
  const tell = makeComposeOutput(io, { isDry });
  await runServiceWatch(io, { workspace, runtime, settings, loaded, services, isDry, isQuiet, tell });
}

/** What is outside the project was agreed to when the services were started. Throws USAGE. */
function requireAgreed(before: readonly Container[], now: readonly Container[]): void {
  const list = (containers: readonly Container[]): string[] =>
    containers.flatMap(({ service }) => (service?.trust ?? []).map(({ detail }) => detail));
  const known = new Set(list(before));
  const found = list(now).find((detail) => !known.has(detail));
  if (found !== undefined)
    throw new AppError('USAGE', `the project asks for ${found}, which was not agreed to`, {
      hint: 'Leave --no-up out.',
    });
}
