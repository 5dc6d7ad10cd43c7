import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { RunningServer } from '@devstead/pyindex';
import {
  endIndexOnDemand,
  hasRunningWorkspaces,
  indexFolder,
  indexSocket,
  type Lock,
  readLockOwner,
  recordIndexService,
  takeLock,
} from '@devstead/runtime/index-service';

const lookEveryMs = 2000;

/**
 * Takes the right to serve the index of a state folder. With `replaces`, an index that workspaces had started makes room.
 * Undefined when another process has it. Throws INDEX_IN_USE.
 */
export async function takeIndex(stateFolder: string, replaces: boolean): Promise<Lock | undefined> {
  const path = join(stateFolder, 'locks', 'index');
  const lock = await takeLock(path, 'index serve');
  if (lock !== undefined || !replaces) return lock;
  await endIndexOnDemand(stateFolder);
  const second = await takeLock(path, 'index serve');
  if (second !== undefined) return second;
  const owner = readLockOwner(path);
  throw new AppError(
    'INDEX_IN_USE',
    `process ${owner?.pid ?? '(unknown)'} serves the index in ${indexFolder(stateFolder)}`,
  );
}

/** Lets workspaces reach the index: at a socket that only the user may connect to. Returns what ends that. */
export async function serveWorkspaces(
  stateFolder: string,
  { app }: RunningServer,
  acceptPush: (server: Server) => void,
  isOnDemand: boolean,
): Promise<() => Promise<void>> {
  const folder = indexFolder(stateFolder);
  const path = join(folder, indexSocket);
  const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 0 }, (request, response) =>
    app.routing(request, response),
  );
  acceptPush(server);
  rmSync(path, { force: true });
  await listen(server, folder);
  chmodSync(path, 0o600);
  recordIndexService(stateFolder, { isOnDemand });
  return async () => {
    recordIndexService(stateFolder, undefined);
    rmSync(path, { force: true });
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const late = setTimeout(() => server.closeAllConnections(), 3000);
    await closed;
    clearTimeout(late);
  };
}

/** Paths of sockets are short; those of folders need not be. */
async function listen(server: Server, folder: string): Promise<void> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(indexSocket, resolve);
    });
  } finally {
    process.chdir(before);
  }
}

/** Returns when no workspace of a state folder runs any more, or when the signal comes. */
export function waitForLastWorkspace(stateFolder: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearInterval(timer);
      resolve();
    };
    const timer = setInterval(() => {
      if (!hasRunningWorkspaces(stateFolder)) end();
    }, lookEveryMs);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
