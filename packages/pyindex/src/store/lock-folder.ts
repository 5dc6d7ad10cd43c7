import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';

/** The process that serves a data folder. */
export interface FolderOwner {
  readonly pid: number;
  readonly version: string;
  /** Absent while it does not listen. */
  readonly address?: string;
}

export interface FolderLock {
  /** Has whoever asks told another thing about the owner. */
  describe(owner: FolderOwner): void;
  release(): Promise<void>;
}

const answerMs = 1000;

/**
 * Takes a data folder for this process alone. The lock is the name of a socket, which goes with its process, however that
 * ends; whoever connects is told who has it. Throws INDEX_IN_USE.
 */
export async function lockFolder(folder: string, owner: FolderOwner): Promise<FolderLock> {
  let described = owner;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(JSON.stringify(described));
  });
  const address = nameSocket(folder);
  try {
    await listen(server, address);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const other = await readFolderOwner(folder);
    throw new AppError('INDEX_IN_USE', `process ${other?.pid ?? '(unknown)'} serves the index in ${folder}`);
  }
  server.unref();
  return {
    describe(next) {
      described = next;
    },
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Who serves a data folder now; `undefined`: nobody. */
export function readFolderOwner(folder: string): Promise<FolderOwner | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(nameSocket(folder));
    socket.setTimeout(answerMs, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => {
      try {
        resolve(JSON.parse(text) as FolderOwner);
      } catch {
        resolve(undefined);
      }
    });
  });
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => resolve());
  });
}

/** On Linux a name that is no file; elsewhere a file in the folder for what is temporary. */
function nameSocket(folder: string): string {
  const key = createHash('sha256').update(resolveFolder(folder)).digest('hex').slice(0, 32);
  return process.platform === 'linux' ? `\0devstead-pyindex-${key}` : join(tmpdir(), `devstead-pyindex-${key}`);
}

function resolveFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
