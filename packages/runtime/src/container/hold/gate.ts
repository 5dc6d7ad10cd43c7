import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { holdSocket } from './hold-program.ts';

/** What a container waits at whose program is not to begin yet; it ends with this process, and with it who waits. */
export interface Gate {
  /** Somebody waits. */
  readonly reached: Promise<void>;
  /** Lets go on who waits, and without waiting who comes later. False where nobody waits any more. */
  open(): Promise<boolean>;
  /** Ends who waits. The socket stays as the mark that the program has not begun. */
  close(): void;
}

/** True of a container that was started ahead and not let go. */
export function isMarkedHeld(folder: string): boolean {
  return existsSync(join(folder, holdSocket));
}

/** From now on the container's program begins when the container does. */
export function removeHeldMark(folder: string): void {
  rmSync(join(folder, holdSocket), { force: true });
}

/** Makes a gate in a container's folder. Throws what the operating system says. */
export async function openGate(folder: string): Promise<Gate> {
  removeHeldMark(folder);
  // The path of a socket must be short: it goes by the folder's descriptor.
  const handle = openSync(folder, 'r');
  let waiting: Socket | undefined;
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.unref();
    // It says nothing; its end is not noticed unless it is listened to.
    socket.resume();
    waiting = socket;
    reach();
  });
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    // Without it the socket's own path leads nowhere, and closing does not remove it.
    closeSync(handle);
    server.close();
    waiting?.destroy();
  };
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path: `/proc/self/fd/${handle}/${holdSocket}`, readableAll: true, writableAll: true }, resolve);
    });
  } catch (error) {
    close();
    throw error;
  }
  // A process that has nothing else to do may end, and with it who waits.
  server.unref();
  return {
    reached,
    open: async () => {
      // First: should this process end now, the container is one that failed, and never one that runs and is not to.
      removeHeldMark(folder);
      const isThere = await new Promise<boolean>((resolve) => {
        if (waiting === undefined || waiting.destroyed) resolve(false);
        else waiting.ref().write('g', (error) => resolve(error === undefined || error === null));
      });
      close();
      return isThere;
    },
    close,
  };
}
