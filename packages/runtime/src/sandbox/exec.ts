import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { EnvVariable } from '@devstead/environment';
import { spawnProcess, systemPath } from '../process/run-process.ts';
import { inControlGroups } from './cgroup.ts';
import { crunArgs } from './crun.ts';
import { enterAsInnerRoot, type Holder } from './holder.ts';
import { initFolder } from './oci-config.ts';
import { machineProcessEnv, type SandboxContext } from './sandbox-context.ts';

/** A command to run in a container that is running. */
export interface ExecRequest {
  readonly container: string;
  readonly argv: readonly string[];
  readonly env?: readonly EnvVariable[];
  readonly workingDir?: string;
  readonly user: { readonly uid: number; readonly gid: number };
  /** The caller's own terminal becomes the command's; crun carries size and signals over. */
  readonly hasTerminal: boolean;
  readonly stdio: StdioOptions;
  readonly signal?: AbortSignal;
}

/**
 * Runs a shell line as `bash -c`, or `sh -c` where the image has no bash; without `-e`, as odo does: the last line's
 * code counts.
 */
export function shellCommand(line: string): string[] {
  return ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash -c "$0"; exec sh -c "$0"', line];
}

/** An interactive shell. */
export const interactiveShell: readonly string[] = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash; exec sh'];

/**
 * Starts a command in a container and returns the process that stands for it: its exit code is the command's. The
 * command is in a process group of its own that gets every signal sent to the returned process, and it ends with it,
 * so that nothing is left when the caller is killed.
 */
export function startExec(context: SandboxContext, holder: Holder, request: ExecRequest): ChildProcess {
  const groups = context.cgroups?.find(context.id, request.container) ?? [];
  const argv = inControlGroups(groups, [
    ...enterAsInnerRoot(holder),
    'setpriv', '--pdeathsig', 'TERM',
    ...crunArgs, 'exec',
    ...(request.hasTerminal ? ['--tty'] : []),
    ...(request.workingDir === undefined ? [] : ['--cwd', request.workingDir]),
    '--no-new-privs', '--user', `${request.user.uid}:${request.user.gid}`,
    request.container,
    `${initFolder}/tini`, '-s', '-g', '-p', 'SIGTERM', '--', ...withVariables(request.env ?? []), ...request.argv,
  ]);
  return spawnProcess(argv, {
    cwd: '/',
    env: { ...machineProcessEnv(context.paths), PATH: systemPath },
    stdio: request.stdio,
    ...(request.signal === undefined ? {} : { signal: request.signal, killSignal: 'SIGTERM' as const }),
  });
}

/** Adds variables to the container's own; crun's option for them would take the container's own away. */
function withVariables(env: readonly EnvVariable[]): string[] {
  return env.length === 0 ? [] : ['env', '--', ...env.map(({ name, value }) => `${name}=${value}`)];
}
