import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { isDiskFull } from '../is-disk-full.ts';
import { makeFolder } from '../make-folder.ts';
import { identify, isAlive, type ProcessId } from '../process/process-table.ts';

/** Who holds a lock, for people. */
export interface LockOwner extends ProcessId {
  /** The command, for example `up`. */
  readonly action: string;
}

/** Held while this process works on something; the kernel gives it back when the process ends, however it ends. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock that goes with a file's path, or returns undefined when another process has it. The lock is a socket
 * in the kernel's abstract names, which only one process can bind and which no killed process leaves behind; the file
 * beside it only says who it is.
 */
export async function takeLock(path: string, action: string): Promise<Lock | undefined> {
  const server = createServer((socket) => socket.destroy());
  const name = `\0devstead-${createHash('sha256').update(path).digest('hex').slice(0, 40)}`;
  const isTaken = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(true);
      else reject(error);
    });
    server.listen(name, () => resolve(false));
  });
  if (isTaken) return undefined;
  server.unref();
  const owner = { ...identify(process.pid), action };
  try {
    makeFolder(dirname(path), 0o700);
    writeFileSync(path, JSON.stringify(owner), { mode: 0o600 });
  } catch (error) {
    // On a full disk the lock holds all the same, so that what fills it can be removed.
    if (!isDiskFull(error)) {
      server.close();
      throw error;
    }
  }
  return {
    release() {
      rmSync(path, { force: true });
      server.close();
    },
  };
}

/** The live process that says it holds the lock. */
export function readLockOwner(path: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as LockOwner;
    return isAlive(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}
