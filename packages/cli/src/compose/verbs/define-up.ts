import { AppError, exitCode } from '@devstead/kit';
import { carryOut, planStopContainers } from '@devstead/runtime';
import type { Command } from 'commander';
import { upLoaded } from '../../commands/up.ts';
import type { Io } from '../../io.ts';
import { parseDuration } from '../../parse-duration.ts';
import { printSteps } from '../../print-steps.ts';
import { runCommandLine } from '../../program.ts';
import { withWorkspaceLock } from '../../select-workspaces.ts';
import { listServiceContainers, type OpenedProject, openProject } from '../open-project.ts';
import type { ProjectOptions } from '../project-options.ts';
import { addScale, type Scale, scaleServices } from '../scale-services.ts';
import { findWatchedServices } from '../watch/find-watched-services.ts';
import { takeDown } from './define-down.ts';
import { watchProject } from './define-watch.ts';

interface UpOptions extends ProjectOptions {
  readonly detach?: boolean;
  readonly wait?: boolean;
  readonly waitTimeout?: number;
  readonly removeOrphans?: boolean;
  readonly forceRecreate?: boolean;
  readonly scale?: readonly Scale[];
  readonly watch?: boolean;
  readonly build?: boolean;
  /** False with `--no-start`. */
  readonly start?: boolean;
  readonly yes?: boolean;
}

/** `devstead compose up`: the project, or some of its services with what they need. */
export function defineUp(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Create and start containers, and wait until they are healthy.')
    .argument('[services...]', 'only these and what they need')
    .option('-d, --detach', 'leave them running in the background; default: show what they print until Ctrl-C')
    .option('--wait', 'the same as --detach: healthy containers are always waited for')
    .option('--wait-timeout <seconds>', 'longest time to wait', (text) => parseDuration(`${text}s`))
    .option('--remove-orphans', 'remove containers of services that the project no longer has')
    .option('--force-recreate', 'stop containers and start them again also when nothing changed')
    .option('--scale <SERVICE=N>', 'so many containers of a service; may be given several times', addScale)
    .option('--no-start', 'make images ready and start nothing')
    .option('-w, --watch', 'watch what services are made of and bring changes into them; not with --detach')
    .option('--build', 'build images also when they are there; what did not change is left as it is')
    .option('--no-build', 'build none, also when one is missing')
    .option('--quiet-pull', 'taken and not needed')
    .option('-y, --yes', 'agree to what the project asks for beyond its folder')
    .addHelpText(
      'after',
      '\nExamples:\n  devstead compose up -d\n  devstead compose up -d --wait backend\n  devstead compose up\n',
    )
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      done(await composeUp(io, services, called.optsWithGlobals<UpOptions>()));
    });
}

/** `devstead compose create`. */
export function defineCreate(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Make images ready for services, and start nothing: `start` does.')
    .argument('[services...]', 'only these and what they need')
    .option('--scale <SERVICE=N>', 'so many containers of a service; may be given several times', addScale)
    .option('--build', 'build images also when they are there; what did not change is left as it is')
    .option('--quiet-pull', 'taken and not needed')
    .option('--remove-orphans', 'taken and not needed: `up --remove-orphans` removes them')
    .option('-y, --yes', 'agree to what the project asks for beyond its folder')
    .addHelpText(
      'after',
      '\nExamples:\n  devstead compose create\n  devstead compose create && devstead compose start\n',
    )
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      done(
        await composeUp(io, services, { ...called.optsWithGlobals<UpOptions>(), start: false, removeOrphans: false }),
      );
    });
}

async function composeUp(io: Io, services: readonly string[], options: UpOptions): Promise<number> {
  const startsNothing = options.start === false;
  const isDetached = options.detach === true || options.wait === true || startsNothing;
  const isWatching = options.watch === true;
  if (isDetached && isWatching)
    throw new AppError('USAGE', '--detach, --wait and --no-start cannot be combined with --watch');
  const project = openProject(io, options, false);
  const { workspace } = project;
  const environment = scaleServices(project.loaded.environment, options.scale ?? []);
  const loaded = { ...project.loaded, environment };
  const names = listServiceContainers(loaded.environment, services);
  if (options.forceRecreate === true && !startsNothing) await stopServices(io, project, names);
  if (isWatching) findWatchedServices(environment, services);
  const code = await upLoaded(io, loaded, {
    name: loaded.environment.name,
    commands: true,
    output: 'text',
    keepsOrphans: options.removeOrphans !== true,
    ...(options.build === undefined ? {} : { builds: options.build ? ('all' as const) : ('none' as const) }),
    ...(startsNothing ? { startsNothing } : {}),
    ...(services.length === 0 ? {} : { only: services }),
    ...(options.waitTimeout === undefined ? {} : { timeout: options.waitTimeout }),
    ...(options.yes === undefined ? {} : { yes: options.yes }),
  });
  if (isDetached || code !== exitCode.done) return code;
  // As docker compose: what they print, until Ctrl-C ends them.
  const following = runCommandLine(['logs', '--name', workspace.id, '--follow', ...services], io);
  if (isWatching) await watchProject(io, { ...project, loaded }, services);
  await following;
  if (!io.signal.aborted) return exitCode.done;
  await takeDown(io, project, { isKept: true });
  return exitCode.interrupted;
}

/** Ends containers of a project that run; they stay ended until they are asked for. */
export async function stopServices(
  io: Io,
  { workspace, runtime }: OpenedProject,
  names: readonly string[],
): Promise<void> {
  await withWorkspaceLock(io, workspace, 'stop', async () => {
    const plan = planStopContainers(`stop ${workspace.name}`, await runtime.observe(), names);
    const { signal } = new AbortController();
    await carryOut(workspace, runtime, plan, { clock: io.clock, signal, onEvent: printSteps(io) });
  });
}
