import type { ChildProcess, StdioOptions } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { EnvVariable } from '@devstead/environment';
import { spawnProcess } from '../process/run-process.ts';
import { tieToCaller } from '../process/tie-to-caller.ts';
import { machineProcessEnv } from '../process/workspace-marker.ts';
import { initFolder } from '../running/init-programs.ts';
import { readMadeContainer } from '../state/made-container.ts';
import { inControlGroups } from './cgroup.ts';
import { crunArgs, crunEnv } from './crun.ts';
import { followTerminalSize } from './follow-terminal-size.ts';
import { enterAsInnerRoot, type Holder } from './holder.ts';
import { giveToInnerRoot, type SandboxContext } from './sandbox-context.ts';
import { stagePaths } from './stage-paths.ts';

/** A command to run in a container that is running. */
export interface ExecRequest {
  readonly container: string;
  readonly argv: readonly string[];
  readonly env?: readonly EnvVariable[];
  readonly workingDir?: string;
  /** Default: the container's. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The caller's own terminal becomes the command's; crun carries size and signals over. */
  readonly hasTerminal: boolean;
  readonly stdio: StdioOptions;
}

let execCount = 0;

/** A command made ready to run inside the holder's namespaces, in the container's control groups. */
interface PreparedExec {
  readonly argv: readonly string[];
  readonly groups: readonly string[];
  /** Removes what was written for it; to be called when it has ended. */
  readonly forget: () => void;
}

/**
 * Writes down what is to run, for crun to read: no variable shows in a command line that all of the machine can read.
 */
export function prepareExec(context: SandboxContext, request: Omit<ExecRequest, 'stdio'>): PreparedExec {
  const { container } = request;
  execCount += 1;
  const file = `exec-${process.pid}-${execCount}.json`;
  const path = join(context.paths.container(container).run, file);
  writeFileSync(path, JSON.stringify(readProcessConfig(context, request)), { mode: 0o600 });
  giveToInnerRoot(path, context.idMap);
  const inside = `${stagePaths.workspace}/containers/${container}/run/${file}`;
  return {
    argv: [...crunArgs, 'exec', '--process', inside, container],
    groups: context.cgroups?.find(context.id, container) ?? [],
    forget: () => rmSync(path, { force: true }),
  };
}

/**
 * Starts a command in a container and returns the process that stands for it: its exit code is the command's. The
 * command is in a process group of its own that gets every signal sent to the returned process, and it ends with it,
 * so that nothing is left when the caller is killed.
 */
export function startExec(context: SandboxContext, holder: Holder, request: ExecRequest): ChildProcess {
  const { argv, groups, forget } = prepareExec(context, request);
  const words = inControlGroups(groups, [...enterAsInnerRoot(holder), ...tieToCaller(), ...argv]);
  const child = spawnProcess(words, {
    cwd: '/',
    env: { ...machineProcessEnv(context.paths), ...crunEnv },
    stdio: request.stdio,
  });
  child.once('close', forget);
  child.once('error', forget);
  if (request.hasTerminal) followTerminalSize(child, holder);
  return child;
}

function readProcessConfig({ paths }: SandboxContext, request: Omit<ExecRequest, 'stdio'>): object {
  const container = paths.container(request.container);
  const { process: own } = JSON.parse(readFileSync(container.config, 'utf8')) as { process: ContainerProcess };
  return processConfig(own, readMadeContainer(container)?.spec.commandDir ?? own.cwd, request);
}

/** Of the `process` section of a container's configuration, what is read for that of a command. */
interface ContainerProcess {
  readonly env: readonly string[];
  readonly cwd: string;
}

interface CommandProcess extends ContainerProcess {
  readonly terminal: boolean;
  readonly args: readonly string[];
  readonly user?: ExecRequest['user'];
}

/**
 * The `process` section of the container's own configuration (runtime-spec, config.md, "Process") for this command. Its
 * folder is that of the container's commands, from which a relative one of its own is taken.
 */
export function processConfig(
  own: ContainerProcess,
  commandDir: string,
  { argv, env = [], workingDir = '', hasTerminal, user }: Omit<ExecRequest, 'container' | 'stdio'>,
): CommandProcess {
  const merged = new Map(own.env.map((entry) => [entry.slice(0, entry.indexOf('=')), entry]));
  for (const { name, value } of env) merged.set(name, `${name}=${value}`);
  return {
    ...own,
    terminal: hasTerminal,
    args: [`${initFolder}/tini`, '-s', '-g', '-p', 'SIGTERM', '--', ...argv],
    env: [...merged.values()],
    cwd: posix.resolve(commandDir, workingDir),
    ...(user === undefined ? {} : { user }),
  };
}
