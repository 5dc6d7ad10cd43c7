import type { Writable } from 'node:stream';

/** Waits until a stream takes more, or is closed and never will; whoever writes on then is told why. */
export function waitForDrain(sink: Writable): Promise<void> {
  if (!sink.writableNeedDrain || sink.closed) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      sink.off('drain', finish).off('close', finish);
      resolve();
    };
    sink.on('drain', finish).on('close', finish);
  });
}
