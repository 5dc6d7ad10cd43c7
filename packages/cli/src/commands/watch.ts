import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '@devstead/environment';
import { AppError, exitCode } from '@devstead/kit';
import {
  findWorkspace,
  openRuntime,
  type Runtime,
  readLockOwner,
  readRecordedEnvironment,
  takeLock,
  type Workspace,
} from '@devstead/runtime';
import { makePathFilter } from '@devstead/runtime/watch';
import { type Command, Option } from 'commander';
import { collect } from '../collect.ts';
import type { Io } from '../io.ts';
import { listDevfiles, loadEnvironment } from '../load-environment.ts';
import { takeOverBackgroundRun } from '../odo/background-run.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { parseDuration } from '../parse-duration.ts';
import { addReadingOptions, pickReadingOptions, type ReadingOptions, readReadingOptions } from '../reading-options.ts';
import { readSettings } from '../settings.ts';
import { type ChosenCommands, chooseCommands } from '../watch/choose-commands.ts';
import { makeWatchOutput } from '../watch/watch-output.ts';
import { WatchSession } from '../watch/watch-session.ts';
import { publishDebugPorts } from './run.ts';
import { up } from './up.ts';

interface WatchOptions extends ReadingOptions {
  readonly name?: string;
  readonly debug?: boolean;
  /** `false` with --no-build. */
  readonly build?: string | boolean;
  readonly buildOn?: readonly string[];
  readonly ignore?: readonly string[];
  readonly applyDevfile?: boolean;
  readonly grace: number;
  readonly output: 'text' | 'json';
}

/** `devstead watch`: what changes is built, and what runs is restarted. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  addReadingOptions(command)
    .argument(
      '[command]',
      'what is kept running: id of a command, or run, test, debug for a group’s default; default: run',
    )
    .addOption(nameOption())
    .option('--debug', 'keep the default debug command running instead')
    .option('--build <command>', 'what builds after a change; default: the default build command, where there is one')
    .option('--no-build', 'only restart, build nothing')
    .option(
      '--build-on <pattern>',
      'build only when such paths change, as in .gitignore; may be given several times',
      collect,
    )
    .option('--ignore <pattern>', 'paths not to watch, as in .gitignore; may be given several times', collect)
    .option('--apply-devfile', 'when the devfile changes, apply it as `devstead up` does')
    .addOption(
      new Option('--grace <duration>', 'time that what runs has to end when asked')
        .argParser(parseDuration)
        .default(5000, '5s'),
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nA command with hotReloadCapable is left running, for it reloads by itself. Else what changed is built, then what runs\n' +
        'is ended and started anew. Not watched: .git, what tools make again (node_modules, __pycache__ and the like), and what\n' +
        '.devsteadignore says, else .odoignore, else .gitignore. With --output json, one object a line; what the commands\n' +
        'print then goes to stderr. Ends with Ctrl-C and when the workspace is stopped; what it ran ends with it.\n' +
        '\nIn a compose project, the rules of develop.watch are carried out; COMMAND is a service, default: all that have rules.\n' +
        '\nExamples:\n  devstead watch\n  devstead watch test --no-build\n  devstead watch --build-on "requirements*.txt"\n' +
        '  devstead watch run-with-reload --ignore "*.md"\n',
    )
    .action(async (wanted: string | undefined, options: WatchOptions) => {
      await watch(io, wanted, options);
      done(exitCode.done);
    });
}

async function watch(io: Io, wanted: string | undefined, options: WatchOptions): Promise<void> {
  const settings = readSettings(io);
  const workspace = findWorkspace(settings.stateFolder, {
    folder: io.cwd,
    ...(options.name === undefined ? {} : { name: options.name }),
  });
  const runtime = openRuntime(workspace, settings);
  const environment = await requireRunning(workspace, runtime);
  if (environment.source.format === 'compose') {
    const { runServiceWatch } = await import('../compose/watch/run-service-watch.ts');
    const services = wanted === undefined ? [] : [wanted];
    const tell = makeWatchOutput(io, options.output);
    const { folder, devfile } = workspace.record;
    const loaded = { environment, folder, devfile, diagnostics: [] };
    return runServiceWatch(io, { workspace, runtime, settings, loaded, services, isDry: false, tell });
  }
  const choose = (of: Environment): ChosenCommands =>
    chooseCommands(of, { command: wanted, isDebug: options.debug, build: options.build });
  const commands = choose(environment);
  const id = (commands.run ?? commands.build)?.command.id ?? '';
  const lock = await lockWatch(workspace, id);
  if (commands.run !== undefined) await takeOverBackgroundRun(io, workspace, commands.run.command.id);
  const needsBuild = options.buildOn === undefined ? () => true : makePathFilter(options.buildOn);
  const { applyDevfile = false, output } = options;
  let endForwarding: (() => Promise<void>) | undefined;
  try {
    if (commands.run?.command.group?.kind === 'debug')
      endForwarding = await publishDebugPorts(io, { workspace, runtime, environment }, commands.run.commands);
    const session = new WatchSession({
      workspace,
      runtime,
      commands,
      roots: findRoots(workspace, environment),
      ignored: options.ignore ?? [],
      excluded: [settings.stateFolder],
      chooseAgain: async () => choose(await requireRunning(workspace, runtime)),
      needsBuild,
      devfiles: await listDevfiles(io, workspace.record.devfile, readReadingOptions(io, options)),
      readDevfile: async () =>
        (await loadEnvironment(io, { path: workspace.record.devfile, reading: readReadingOptions(io, options) }))
          .environment,
      ...(applyDevfile ? { applyDevfile: () => bringUpAgain(io, workspace, pickReadingOptions(options)) } : {}),
      graceMs: options.grace,
      stdio: output === 'json' ? ['ignore', 2, 2] : ['ignore', 'inherit', 'inherit'],
      tell: makeWatchOutput(io, output),
    });
    await session.run(io.signal, await wasBuilt(runtime, environment, commands));
  } finally {
    lock.release();
    await endForwarding?.();
  }
}

async function requireRunning(workspace: Workspace, runtime: Runtime): Promise<Environment> {
  const environment = readRecordedEnvironment(workspace);
  if (environment === undefined || !(await runtime.observe()).isSandboxRunning)
    throw new AppError('WORKSPACE_NOT_RUNNING', `${workspace.name} is not running`);
  return environment;
}

/** Two that restart the same command would fight for its ports. */
async function lockWatch(workspace: Workspace, id: string): Promise<{ release(): void }> {
  const path = `${workspace.paths.lock}.watch-${id}`;
  const lock = await takeLock(path, `watch ${id}`);
  if (lock !== undefined) return lock;
  const owner = readLockOwner(path);
  const who = owner === undefined ? 'another process' : `\`devstead ${owner.action}\` (process ${owner.pid})`;
  throw new AppError('WORKSPACE_LOCKED', `${who} watches ${workspace.name} already`);
}

/** The folder itself, or the projects that the devfile names. */
function findRoots(workspace: Workspace, environment: Environment): string[] {
  const roots =
    environment.projects.length === 0
      ? [workspace.record.folder]
      : environment.projects.map(({ clonePath }) => join(workspace.paths.projects, clonePath));
  const there = roots.filter((root) => existsSync(root));
  if (there.length === 0) throw new AppError('UNREADABLE_INPUT', `there is no folder ${roots.join(', ')}`);
  return there.map((root) => realpathSync(root));
}

/** True when bringing the workspace up has run the build command already. */
async function wasBuilt(runtime: Runtime, { events }: Environment, { build }: ChosenCommands): Promise<boolean> {
  const id = build?.command.id ?? '';
  return (await runtime.observe()).finishedEvents.some((event) => events[event].includes(id));
}

/** `devstead up`, with its result and its progress both on stderr. */
async function bringUpAgain(io: Io, workspace: Workspace, reading: ReadingOptions): Promise<void> {
  const options = { name: workspace.name, commands: true, output: 'text' as const, ...reading };
  await up({ ...io, stdout: io.stderr }, workspace.record.devfile, options);
}
