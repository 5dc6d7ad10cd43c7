import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { HttpFailure } from '../http-failure.ts';

const checkMs = 5000;
/** Without a byte for so long an upload is given up. */
const stallMs = 60_000;
/** And however steadily it drips, after this. */
const longestMs = 60 * 60_000;
/** Bodies that are no uploads are small. */
const longestBodyMs = 2 * 60_000;
/** How long whoever was refused may go on sending. */
const drainMs = 2 * 60_000;
const mostLateBytes = 1 << 20;

/** Watches whether a body comes. `failure` rejects (408) when it does not; calling the result ends the watching. */
export function watchProgress(request: IncomingMessage): (() => void) & { readonly failure: Promise<never> } {
  let elapsedMs = 0;
  let silentMs = 0;
  const notice = (): void => {
    silentMs = 0;
  };
  request.on('data', notice);
  let timer: NodeJS.Timeout | undefined;
  const failure = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => {
      elapsedMs += checkMs;
      silentMs += checkMs;
      if (silentMs >= stallMs || elapsedMs >= longestMs) reject(new HttpFailure(408, 'the upload came too slowly'));
    }, checkMs);
  });
  // Nobody may be waiting for it any more.
  failure.catch(() => undefined);
  const stop = (): void => {
    clearInterval(timer);
    request.off('data', notice);
  };
  return Object.assign(stop, { failure });
}

/** A body as it comes, which fails (408) when it is not there in time; then whoever sends it is not listened to for long. */
export function limitBodyTime(request: IncomingMessage, longestMs = longestBodyMs): Readable {
  const body = new PassThrough();
  const timer = setTimeout(() => {
    request.unpipe(body);
    body.destroy(new HttpFailure(408, 'the request came too slowly', { headers: { Connection: 'close' } }));
    drainRefused(request, mostLateBytes);
  }, longestMs);
  timer.unref();
  body.once('close', () => clearTimeout(timer));
  request.once('error', (error) => body.destroy(error));
  return request.pipe(body);
}

/** Reads what a client goes on to send after it was refused, up to a size and for a time; then closes the connection. */
export function drainRefused(request: IncomingMessage, mostBytes: number): void {
  if (request.readableEnded || request.destroyed) return;
  let bytes = 0;
  const timer = setTimeout(() => request.socket.destroy(), drainMs);
  timer.unref();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) request.socket.destroy();
  });
  request.on('close', () => clearTimeout(timer));
  request.resume();
}
