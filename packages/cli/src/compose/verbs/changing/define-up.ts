import { AppError } from '@devstead/kit';
import { type Command, Option } from 'commander';
import { collect } from '../../../collect.ts';
import { type UpCommandOptions, upLoaded } from '../../../commands/up.ts';
import type { Io } from '../../../io.ts';
import { parseDuration } from '../../../parse-duration.ts';
import { type AttachedOptions, listShown, runAttached } from '../../attached/run-attached.ts';
import { graceFlags, graceText, parseGrace } from '../../change-project.ts';
import { listServiceContainers, type OpenedProject, openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';
import { refuseOptions } from '../../refuse-options.ts';
import { addScale, keepScale, type Scale, scaleServices } from '../../scale-services.ts';
import { findWatchedServices } from '../../watch/find-watched-services.ts';

interface UpOptions extends ProjectOptions {
  readonly detach?: boolean;
  readonly wait?: boolean;
  readonly waitTimeout?: number;
  readonly removeOrphans?: boolean;
  readonly forceRecreate?: boolean;
  readonly alwaysRecreateDeps?: boolean;
  /** False with `--no-recreate`. */
  readonly recreate: boolean;
  /** False with `--no-deps`. */
  readonly deps: boolean;
  readonly scale?: readonly Scale[];
  readonly watch?: boolean;
  readonly build?: boolean;
  readonly pull?: NonNullable<UpCommandOptions['pulls']>;
  /** False with `--no-start`. */
  readonly start?: boolean;
  readonly abortOnContainerExit?: boolean;
  readonly abortOnContainerFailure?: boolean;
  readonly exitCodeFrom?: string;
  readonly attach?: readonly string[];
  readonly noAttach?: readonly string[];
  readonly attachDependencies?: boolean;
  readonly timestamps?: boolean;
  /** False with `--no-log-prefix`. */
  readonly logPrefix: boolean;
  /** False with `--no-color`. */
  readonly color: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly dryRun?: boolean;
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
    .option('--abort-on-container-exit', 'stop all as soon as one has ended; its exit code is ours')
    .option('--abort-on-container-failure', 'stop all as soon as one has ended with another code than 0')
    .option('--exit-code-from <service>', 'the exit code of this service is ours; implies --abort-on-container-exit')
    .option('--attach <service>', 'show what this service prints and no other; may be given several times', collect)
    .addOption(makeNoAttach())
    .option('--attach-dependencies', 'show what the services that those named need print, too')
    .option('--timestamps', 'begin each line with its time')
    .option('--no-log-prefix', 'do not begin lines with the container’s name')
    .option('--no-color', 'no colours')
    .option('--menu', 'taken and not needed: there is no menu')
    .option('--quiet-build', 'taken and not needed')
    .option(graceFlags, graceText, parseGrace);
  addMakingOptions(command)
    .option('-w, --watch', 'watch what services are made of and bring changes into them; not with --detach')
    .option('--no-start', 'make images ready and start nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  devstead compose up -d\n  devstead compose up -d --wait backend\n' +
        '  devstead compose up --exit-code-from tests\n  devstead compose up --no-deps --force-recreate backend\n',
    )
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      done(await composeUp(io, services, called.optsWithGlobals<UpOptions>()));
    });
}

/** To commander the opposite of `--attach`; here each has its own list. */
function makeNoAttach(): Option {
  const text = 'do not show what this service prints; may be given several times';
  const option = new Option('--no-attach <service>', text).argParser(collect);
  option.negate = false;
  return option;
}

/** What `up` and `create` share. */
function addMakingOptions(command: Command): Command {
  const choices = ['always', 'missing', 'never', 'build', 'policy'];
  command
    .option('--build', 'build images also when they are there; what did not change is left as it is')
    .option('--no-build', 'build none, also when one is missing')
    .addOption(new Option('--pull <when>', 'when images are pulled; default: as pull_policy says').choices(choices))
    .option('--quiet-pull', 'taken and not needed')
    .option('--force-recreate', 'make containers anew also when nothing changed')
    .option('--no-recreate', 'leave containers that are there as they were made')
    .option('--remove-orphans', 'remove containers of services that the project no longer has')
    .option('--scale <SERVICE=N>', 'so many containers of a service; may be given several times', addScale)
    .option('--dry-run', 'print the plan and change nothing')
    .option('-y, --yes', 'agree to what the project asks for beyond its folder')
    .option('--no-deps', 'do not start what the services need')
    .option('--always-recreate-deps', 'with --force-recreate: what the services need is made anew too');
  return refuseOptions(command, {
    '-V, --renew-anon-volumes':
      'volumes without a name are kept with the project: `devstead compose down -v` begins them anew',
  });
}

/** `devstead compose create`. */
export function defineCreate(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Make images ready for services, and start nothing: `start` does.')
    .argument('[services...]', 'only these and what they need');
  addMakingOptions(command)
    .addHelpText('after', '\nExamples:\n  devstead compose create\n  devstead compose create --build backend\n')
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      done(await composeUp(io, services, { ...called.optsWithGlobals<UpOptions>(), start: false }));
    });
}

async function composeUp(io: Io, services: readonly string[], options: UpOptions): Promise<number> {
  const startsNothing = options.start === false;
  const isDetached = options.detach === true || options.wait === true || startsNothing || options.dryRun === true;
  requireFitting(options, isDetached);
  const opened = await openProject(io, options, false);
  // All services that are asked for have as many containers as the files say.
  const kept =
    services.length === 0
      ? opened.loaded.environment
      : keepScale(opened.loaded.environment, opened.environment, services);
  const environment = scaleServices(kept, options.scale ?? []);
  const project = { ...opened, loaded: { ...opened.loaded, environment } };
  listServiceContainers(environment, services);
  if (options.exitCodeFrom !== undefined) listServiceContainers(environment, [options.exitCodeFrom]);
  if (options.watch === true) findWatchedServices(environment, services);
  const start = (): Promise<number> => upLoaded(io, project.loaded, readUpOptions(project, services, options));
  if (isDetached) return start();
  const attached = readAttachedOptions(io, services, options);
  listShown(project, attached);
  if (options.watch !== true) return runAttached(io, project, start, attached);
  let watching: Promise<void> | undefined;
  const startWatched = async (): Promise<number> => {
    const { watchFromStart } = await import('../../watch/watch-from-start.ts');
    const started = await watchFromStart(io, project, services, start);
    watching = started.watching;
    return started.code;
  };
  return runAttached(io, project, startWatched, { ...attached, findBeside: () => watching });
}

/** Throws USAGE for options that contradict each other. */
function requireFitting(options: UpOptions, isDetached: boolean): void {
  const attached = [
    ...(options.watch === true ? ['--watch'] : []),
    ...(options.abortOnContainerExit === true ? ['--abort-on-container-exit'] : []),
    ...(options.abortOnContainerFailure === true ? ['--abort-on-container-failure'] : []),
    ...(options.exitCodeFrom === undefined ? [] : ['--exit-code-from']),
  ];
  if (isDetached && attached[0] !== undefined)
    throw new AppError('USAGE', `--detach, --wait, --no-start and --dry-run cannot be combined with ${attached[0]}`);
  if (options.forceRecreate === true && !options.recreate)
    throw new AppError('USAGE', '--force-recreate cannot be combined with --no-recreate');
}

function readUpOptions(
  { workspace, loaded }: OpenedProject,
  services: readonly string[],
  options: UpOptions,
): UpCommandOptions {
  const withNeeds = options.alwaysRecreateDeps === true || services.length === 0;
  const recreated = options.forceRecreate === true ? listServiceContainers(loaded.environment, services) : [];
  return {
    name: workspace.name,
    commands: true,
    output: 'text',
    keepsOrphans: options.removeOrphans !== true,
    recreates: withNeeds && options.forceRecreate === true ? listServiceContainers(loaded.environment, []) : recreated,
    keepsMade: !options.recreate,
    withoutNeeds: !options.deps,
    ...(options.build === undefined ? {} : { builds: options.build ? ('all' as const) : ('none' as const) }),
    ...(options.pull === undefined ? {} : { pulls: options.pull }),
    ...(options.start === false ? { startsNothing: true } : {}),
    ...(services.length === 0 ? {} : { only: services }),
    ...(options.waitTimeout === undefined ? {} : { timeout: options.waitTimeout }),
    ...(options.timeout === undefined ? {} : { graceMs: options.timeout }),
    ...(options.dryRun === true ? { dryRun: true } : {}),
    ...(options.yes === undefined ? {} : { yes: options.yes }),
  };
}

function readAttachedOptions(io: Io, services: readonly string[], options: UpOptions): AttachedOptions {
  const { exitCodeFrom, abortOnContainerExit, abortOnContainerFailure, attach, noAttach, timeout } = options;
  const endsAtExit = abortOnContainerExit === true || exitCodeFrom !== undefined;
  const endsAt = endsAtExit ? 'exit' : abortOnContainerFailure === true ? 'failure' : undefined;
  return {
    services,
    attachesNeeds: options.attachDependencies === true,
    hasTimes: options.timestamps === true,
    isNamed: options.logPrefix,
    hasColour: io.stdout.hasColour && options.color,
    ...(attach === undefined ? {} : { attach }),
    ...(noAttach === undefined ? {} : { noAttach }),
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(exitCodeFrom === undefined ? {} : { codeFrom: exitCodeFrom }),
    ...(timeout === undefined ? {} : { graceMs: timeout }),
  };
}
