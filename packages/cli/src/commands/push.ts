import type { Environment } from '@devstead/environment';
import type { ResolvedCommand } from '@devstead/environment/commands';
import { AppError, exitCode } from '@devstead/kit';
import { findWorkspace, openRuntime, type Runtime, readRecordedEnvironment, type Workspace } from '@devstead/runtime';
import type { Command } from 'commander';
import type { Io } from '../io.ts';
import {
  backgroundLog,
  endBackgroundRun,
  findBackgroundRun,
  startBackgroundRun,
  waitForBackgroundRun,
} from '../odo/background-run.ts';
import { tellMeaning } from '../odo/stands-for.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { addReadingOptions, pickReadingOptions, type ReadingOptions } from '../reading-options.ts';
import { readSettings } from '../settings.ts';
import { chooseCommands } from '../watch/choose-commands.ts';
import { RunningCommand } from '../watch/running-command.ts';
import { up } from './up.ts';

interface PushOptions extends ReadingOptions {
  readonly name?: string;
  readonly debug?: boolean;
  readonly force?: boolean;
  readonly buildCommand?: string;
  readonly runCommand?: string;
  readonly yes?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead push`, odo's: the environment up, the project built, and its run command started without waiting for it. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  addReadingOptions(command)
    .addOption(nameOption())
    .option('--debug', 'start the default debug command instead of the run command')
    .option('-f, --force', 'build and restart also where that is not needed')
    .option('--build-command <command>', 'default: the default build command, where there is one')
    .option('--run-command <command>', 'default: the default run command')
    .option('--show-log', 'taken and not needed: what the build prints is always shown')
    .option('--yes', 'run what a fetched devfile asks for without a question')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nodo’s verb. It stands for `devstead up`, `devstead run build`, and the run command started in the background, where\n' +
        'it stays until `devstead watch` or `devstead run` takes it over or the workspace is stopped.\n' +
        '\nExamples:\n  devstead push\n  devstead push --debug\n',
    )
    .action(async (options: PushOptions) => {
      await push(io, options);
      done(exitCode.done);
    });
}

async function push(io: Io, options: PushOptions): Promise<void> {
  tellMeaning(io, 'push', 'devstead up, devstead run build, and devstead run run in the background');
  const settings = readSettings(io);
  const existing = findExisting(io, settings.stateFolder, options.name);
  const builtBefore = existing === undefined ? [] : (await openRuntime(existing, settings).observe()).finishedEvents;
  await up(io, existing?.record.devfile ?? '.', {
    commands: true,
    output: options.output,
    ...(existing === undefined ? {} : { name: existing.name }),
    ...(existing === undefined && options.name !== undefined ? { name: options.name } : {}),
    ...(options.yes === undefined ? {} : { yes: options.yes }),
    ...pickReadingOptions(options),
  });
  const workspace = findWorkspace(settings.stateFolder, {
    folder: io.cwd,
    ...(options.name === undefined ? {} : { name: options.name }),
  });
  const runtime = openRuntime(workspace, settings);
  const environment = readRecordedEnvironment(workspace);
  if (environment === undefined) throw new AppError('WORKSPACE_NOT_RUNNING', `${workspace.name} is not running`);
  const { run, build, isHotReloading } = chooseCommands(environment, {
    command: options.runCommand,
    isDebug: options.debug,
    build: options.buildCommand,
  });
  const before = findBackgroundRun(workspace);
  if (isHotReloading && before !== undefined && before.command === run?.command.id && options.force !== true) {
    io.stderr.write(`  ${before.command} runs already and reloads by itself\n`);
    return;
  }
  const { finishedEvents } = await runtime.observe();
  const isBuilt = finishedEvents.some(
    (event) => !builtBefore.includes(event) && environment.events[event].includes(build?.command.id ?? ''),
  );
  if (build !== undefined && (!isBuilt || options.force === true)) await buildProject(io, runtime, build);
  if (run === undefined) return;
  if (before !== undefined) await endBackgroundRun(workspace, before);
  await startInBackground(io, workspace, runtime, environment, run);
}

/** The workspace of this folder, if it was made before, perhaps by `create` under another name than the devfile’s. */
function findExisting(io: Io, stateFolder: string, name: string | undefined): Workspace | undefined {
  try {
    return findWorkspace(stateFolder, { folder: io.cwd, ...(name === undefined ? {} : { name }) });
  } catch (error) {
    if (error instanceof AppError && error.code === 'WORKSPACE_NOT_FOUND') return undefined;
    throw error;
  }
}

async function buildProject(io: Io, runtime: Runtime, { command, tree }: ResolvedCommand): Promise<void> {
  io.stderr.write(`  build     ${command.id}\n`);
  const running = new RunningCommand(runtime, tree, { stdio: ['ignore', 2, 2] });
  const end = (): void => void running.end(5000);
  io.signal.addEventListener('abort', end, { once: true });
  const code = await running.ended.finally(() => io.signal.removeEventListener('abort', end));
  io.signal.throwIfAborted();
  if (code === 0) return;
  throw new AppError('COMMAND_FAILED', `${command.id} ended with code ${code}`, {
    hint: 'Mend the cause and push again; what ran before goes on.',
  });
}

async function startInBackground(
  io: Io,
  workspace: Workspace,
  runtime: Runtime,
  environment: Environment,
  { command, commands }: ResolvedCommand,
): Promise<void> {
  const used = new Set(commands.flatMap((step) => (step.type === 'exec' ? [step.container] : [])));
  const ports = environment.containers
    .filter(({ name }) => used.has(name))
    .flatMap(({ endpoints }) => endpoints.filter(({ exposure }) => exposure === 'public').map(({ port }) => port));
  const run = await startBackgroundRun(io, workspace, command.id);
  await waitForBackgroundRun(io, workspace, run, async () => {
    const { listeningPorts } = await runtime.inspect([]);
    return ports.some((port) => listeningPorts.has(port));
  });
  io.stderr.write(`  run       ${command.id} in the background; it prints to ${backgroundLog(workspace)}\n`);
}
