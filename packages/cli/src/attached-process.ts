import type { ChildProcess } from 'node:child_process';
import { AppError } from '@devstead/kit';
import {
  anticipateJoin,
  type ExecInContainer,
  findWorkspace,
  openRuntime,
  type Runtime,
  type Workspace,
  waitForClose,
} from '@devstead/runtime/workspace';
import { type Io, writeResult } from './io.ts';
import { readSettings } from './settings.ts';

/** The workspace meant by `--name` or the folder, and the runtime that holds it. */
export function openNamedWorkspace(io: Io, name: string | undefined): { workspace: Workspace; runtime: Runtime } {
  anticipateJoin();
  const settings = readSettings(io);
  const workspace = findWorkspace(settings.stateFolder, { folder: io.cwd, ...(name === undefined ? {} : { name }) });
  return { workspace, runtime: openRuntime(workspace, settings) };
}

type OutputFormat = 'text' | 'json';

interface AttachedRequest extends Pick<ExecInContainer, 'container' | 'argv' | 'env' | 'workingDir' | 'user'> {
  readonly output: OutputFormat;
  /** False: streams are passed on as they are, also where they are a terminal. */
  readonly usesTerminal?: boolean;
}

/**
 * Runs a program in a container with this process's own streams, as a terminal where they are one, and returns its exit
 * code. Where the result is JSON, standard output is kept for it and the program writes to standard error. Ctrl-C goes
 * to the program; whether it ends is its business.
 */
export async function runAttached(io: Io, runtime: Runtime, request: AttachedRequest): Promise<number> {
  if (request.argv.length === 0)
    throw new AppError('USAGE', 'no program was given', { hint: 'For a shell: `devstead shell`.' });
  const { output, usesTerminal = true, ...program } = request;
  const hasTerminal = usesTerminal && output === 'text' && io.stdin.isTerminal && io.stdout.isTerminal;
  const term = io.env['TERM'];
  const terminal = hasTerminal && term !== undefined ? [{ name: 'TERM', value: term }] : [];
  const child = await startNamed(runtime, {
    ...program,
    env: [...terminal, ...(program.env ?? [])],
    hasTerminal,
    stdio: output === 'json' ? ['inherit', 2, 2] : 'inherit',
  });
  const stop = forwardSignals(io, child);
  try {
    return await waitForClose(child, 'nsenter');
  } finally {
    stop();
  }
}

/** Starts a program, and names the containers there are where there is none of that name. */
async function startNamed(runtime: Runtime, request: ExecInContainer): Promise<ChildProcess> {
  try {
    return runtime.exec(request);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'UNKNOWN_CONTAINER') throw error;
    const names = Object.keys((await runtime.observe()).containers);
    if (names.length === 0) throw error;
    throw new AppError(error.code, error.message, { hint: `There are: ${names.join(', ')}.`, cause: error });
  }
}

/** Prints how a program ended where JSON was asked for, and passes its exit code on. */
export function reportExit(io: Io, output: OutputFormat, startedAt: number, exitCode: number): number {
  const durationMs = io.clock.now() - startedAt;
  writeResult(io, output, { schemaVersion: 'exit/v1', exitCode, durationMs }, () => '');
  return exitCode;
}

/** How long a program takes at most until signals reach it; one that comes before is lost and so sent once more. */
const settleMs = 200;

/** Passes a request to end on to a child. */
function forwardSignals(io: Io, child: ChildProcess): () => void {
  const { signal, clock } = io;
  const startedAt = clock.now();
  const forward = (): void => {
    child.kill('SIGINT');
    if (clock.now() - startedAt < settleMs) setTimeout(() => child.kill('SIGINT'), settleMs).unref();
  };
  signal.addEventListener('abort', forward, { once: true });
  return () => signal.removeEventListener('abort', forward);
}
