import type { ExecCommand } from '@devstead/environment';
import { type CommandTree, resolveCommand } from '@devstead/environment/commands';
import { AppError } from '@devstead/kit';
import { type PublishedPort, readRecordedEnvironment, shellCommand } from '@devstead/runtime/workspace';
import type { Command } from 'commander';
import { type ApplyPlace, applyComponent } from '../apply-component.ts';
import { openNamedWorkspace, reportExit, runAttached } from '../attached-process.ts';
import { collect } from '../collect.ts';
import type { Io } from '../io.ts';
import { takeOverBackgroundRun } from '../odo/background-run.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { readSettings } from '../settings.ts';
import { processOptions } from './exec.ts';

export interface RunOptions {
  readonly name?: string;
  readonly env?: readonly string[];
  readonly output: 'text' | 'json';
}

/** `devstead run`: a command of the devfile, live, with its exit code. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('<command>', 'id of a command, or build, run, test, debug for the default of that group')
    .addOption(nameOption())
    .option('--env <NAME=VALUE>', 'a variable for the command; may be given several times', collect)
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nIts exit code is the command’s own; 125 stands for a failure of devstead itself. A command that applies a\n' +
        'container starts it; one that is to run to its end is waited for.\n' +
        '\nExamples:\n  devstead run test\n  devstead run run-app\n  devstead run apply-database\n  devstead run --env MIGRATION_MESSAGE="add users" db-migrate\n',
    )
    .action(async (name: string, options: RunOptions) => {
      done(await runNamed(io, name, options));
    });
}

/** Runs a command of the devfile, or a group's default, to its end, and returns its exit code. */
export async function runNamed(io: Io, name: string, options: RunOptions): Promise<number> {
  const { workspace, runtime } = openNamedWorkspace(io, options.name);
  const environment = readRecordedEnvironment(workspace);
  if (environment === undefined) throw new AppError('WORKSPACE_NOT_RUNNING', `${workspace.name} is not running`);
  const resolved = resolveCommand(environment, name);
  const { env } = processOptions(options);
  const isDebug = resolved.command.group?.kind === 'debug';
  await takeOverBackgroundRun(io, workspace, resolved.command.id);
  const endForwarding = isDebug
    ? await publishDebugPorts(io, { workspace, runtime, environment }, resolved.commands)
    : undefined;
  try {
    const startedAt = io.clock.now();
    const code = await runTree({ io, workspace, runtime, environment, env, output: options.output }, resolved.tree);
    return reportExit(io, options.output, startedAt, code);
  } finally {
    await endForwarding?.();
  }
}

interface Run extends ApplyPlace {
  readonly io: Io;
  readonly env: ExecCommand['env'];
  readonly output: 'text' | 'json';
}

/** Runs a command's parts; of a sequence the first that fails is the last that runs, of a parallel the first failure's code counts. */
async function runTree(run: Run, tree: CommandTree): Promise<number> {
  switch (tree.kind) {
    case 'step':
      return runStep(run, tree.command);
    case 'sequence':
      for (const member of tree.members) {
        const code = await runTree(run, member);
        if (code !== 0) return code;
      }
      return 0;
    case 'parallel': {
      const codes = await Promise.all(tree.members.map((member) => runTree(run, member)));
      return codes.find((code) => code !== 0) ?? 0;
    }
  }
}

type Step = Extract<CommandTree, { kind: 'step' }>['command'];

async function runStep(run: Run, command: Step): Promise<number> {
  const { io, runtime, env, output } = run;
  if (command.type === 'apply') return applyComponent(io, run, command, output);
  return runAttached(io, runtime, {
    output,
    container: command.container,
    argv: shellCommand(command.commandLine),
    env: [...command.env, ...env],
    ...(command.workingDir === undefined ? {} : { workingDir: command.workingDir }),
  });
}

/** Opens the ports a debugger attaches to: those of the command's containers that are not open already and that its line names. */
export async function publishDebugPorts(
  io: Io,
  place: ApplyPlace,
  steps: readonly Step[],
): Promise<() => Promise<void>> {
  const { findFreePort } = await import('@devstead/runtime');
  const settings = readSettings(io);
  const published = (await place.runtime.observe()).publishedPorts;
  const ports: PublishedPort[] = [];
  for (const step of steps) {
    if (step.type !== 'exec') continue;
    const endpoints = place.environment.containers.find(({ name }) => name === step.container)?.endpoints ?? [];
    for (const { name, port, protocol } of endpoints) {
      const isDebugPort = /debug/i.test(name) || new RegExp(`\\b${port}\\b`).test(step.commandLine);
      if (!isDebugPort || published[name] !== undefined) continue;
      const hostPort = await findFreePort(
        settings.firstPort,
        new Set([...Object.values(published), ...ports.map((p) => p.hostPort)]),
      );
      ports.push({ endpoint: name, container: step.container, port, hostPort, exposure: 'debug', protocol });
    }
  }
  const end = ports.length === 0 ? async () => undefined : await place.runtime.forwardPorts(ports);
  for (const { endpoint, port, hostPort } of ports) {
    io.stderr.write(`  ${endpoint}  attach a debugger to 127.0.0.1:${hostPort} (port ${port} of the workspace)\n`);
  }
  return end;
}
