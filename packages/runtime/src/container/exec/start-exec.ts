import type { ChildProcess, StdioOptions } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { AppError } from '@devstead/kit';
import { spawnProcess, systemPath } from '../../process/run-process.ts';
import { initFolder } from '../../running/init-programs.ts';
import { readImage } from '../../state/image-records.ts';
import { readMadeContainer } from '../../state/made-container.ts';
import { tolerate } from '../../state/tolerate.ts';
import type { ExecInContainer } from '../../types.ts';
import type { ContainerContext } from '../container-context.ts';
import { containerName } from '../labels.ts';
import { readContainersState } from '../workspace-state.ts';
import type { ExecOrders } from './exec-orders.ts';

const commands = new WeakMap<ChildProcess, { readonly container: string; readonly mark: string }>();

/** Where commands that run are written down, by the processes that stand for them. */
export function execFolder(folder: string): string {
  return join(folder, 'execs');
}

/**
 * Starts a command in a container and returns the process that stands for it. Throws WORKSPACE_NOT_RUNNING and
 * UNKNOWN_CONTAINER by what is known here; what the engine says to it comes as the process's end.
 */
export function startExec(context: ContainerContext, request: ExecInContainer): ChildProcess {
  const { paths } = context;
  if (tolerate(() => readContainersState(paths)) === undefined)
    throw new AppError('WORKSPACE_NOT_RUNNING', 'the workspace is not running');
  const made = tolerate(() => readMadeContainer(paths.container(request.container)));
  if (made === undefined)
    throw new AppError('UNKNOWN_CONTAINER', `the workspace has no container ${request.container}`);
  const { argv, env = [], hasTerminal, user, workingDir = '', stdio } = request;
  return spawnExec(context, {
    container: containerName(context, request.container),
    argv,
    env: env.map(({ name, value }) => `${name}=${value}`),
    workingDir: posix.resolve(made.spec.commandDir, workingDir),
    ...(user === undefined ? {} : { user }),
    hasTerminal,
    ...(hasTerminal && hasShell(context.settings.stateFolder, made.spec.imageName) ? { setsSize: true } : {}),
    stdio,
  });
}

/** True of an image with a shell, as far as its layers tell. */
function hasShell(stateFolder: string, image: string): boolean {
  const { layers } = tolerate(() => readImage(stateFolder, image)) ?? { layers: [] };
  return layers.some((digest) =>
    ['bin/sh', 'usr/bin/sh'].some(
      (path) =>
        lstatSync(join(stateFolder, 'images/layers', digest.replace('sha256:', ''), path), {
          throwIfNoEntry: false,
        }) !== undefined,
    ),
  );
}

interface SpawnedExec extends Pick<ExecInContainer, 'argv' | 'user' | 'hasTerminal' | 'stdio'> {
  /** The engine's name of the container. */
  readonly container: string;
  /** `NAME=VALUE`. */
  readonly env: readonly string[];
  readonly workingDir: string;
  /** A shell in the container can give the terminal its size. */
  readonly setsSize?: true;
  /** The container has no program of ours to be the command's parent. */
  readonly isBare?: true;
}

/** Starts a command in any container of the workspace's. */
export function spawnExec(context: ContainerContext, request: SpawnedExec): ChildProcess {
  const { paths, settings } = context;
  const { container, isBare, stdio: _, ...order } = request;
  const stdio = listStdio(request.stdio);
  const main = fileURLToPath(new URL('./main.mjs', import.meta.url));
  const child = spawnProcess([settings.node, '--disable-warning=ExperimentalWarning', main], {
    cwd: '/',
    env: {
      PATH: systemPath,
      ...(settings.compileCache === undefined ? {} : { NODE_COMPILE_CACHE: settings.compileCache }),
    },
    stdio: [...stdio, 'pipe'],
  });
  const mark = randomUUID();
  commands.set(child, { container, mark });
  mkdirSync(execFolder(paths.root), { recursive: true, mode: 0o700 });
  const begin = async (): Promise<ExecOrders> => {
    const [{ client, apiVersion }, { sharesFiles }] = await Promise.all([
      context.engine(),
      import('../engine/capabilities.ts'),
    ]);
    return {
      address: client.address,
      apiVersion,
      container,
      ...order,
      argv:
        sharesFiles(client) && isBare !== true ? [`${initFolder}/tini`, '-s', '-g', '--', ...order.argv] : order.argv,
      hasInput: stdio[0] !== 'ignore',
      mark,
      record: join(execFolder(paths.root), `${child.pid}.json`),
    };
  };
  const orders = child.stdio[3] as Writable | null;
  orders?.on('error', () => undefined);
  void begin()
    .catch((error: unknown): ExecOrders => ({ problem: error instanceof Error ? error.message : String(error) }))
    .then((text) => orders?.end(JSON.stringify(text)));
  return child;
}

function listStdio(
  stdio: StdioOptions,
): ['inherit' | 'ignore' | 'pipe' | number, ...('inherit' | 'ignore' | 'pipe' | number)[]] {
  const all = typeof stdio === 'string' ? [stdio, stdio, stdio] : stdio.slice(0, 3);
  const known = all.map((one) =>
    typeof one === 'number' ? one : one === 'inherit' || one === 'pipe' ? one : 'ignore',
  );
  return [known[0] ?? 'ignore', known[1] ?? 'ignore', known[2] ?? 'ignore'];
}

/** Ends a command that `startExec` began, with everything it started. True when force was needed. */
export async function endExec(context: ContainerContext, child: ChildProcess, graceMs: number): Promise<boolean> {
  const command = commands.get(child);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  if (command === undefined) return false;
  const [{ client }, { endMarked }] = await Promise.all([context.engine(), import('./end-marked.ts')]);
  const ended = new Promise<void>((resolve) => {
    if (hasEnded()) resolve();
    child.once('exit', () => resolve());
  });
  const isForced = await endMarked(client, command.container, command.mark, graceMs).catch(() => false);
  if (!hasEnded()) {
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
  }
  return isForced;
}
