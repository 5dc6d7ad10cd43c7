import { createGunzip, type Gunzip } from 'node:zlib';
import { SourceFailure } from '../source-failure.ts';
import { type UpstreamAnswer, unreachable } from './upstream-client.ts';

const progressBytes = 1 << 16;
const mostDiscardedBytes = 1 << 16;

/**
 * The bytes of an answer as they come. Throws `SourceFailure` when they stop, come at a trickle, or end too early; the
 * connection is given up when nobody reads on.
 */
export async function* readBody({ body, url }: UpstreamAnswer, stallMs: number): AsyncGenerator<Buffer> {
  const pieces = body[Symbol.asyncIterator]();
  let waitedMs = 0;
  let progress = 0;
  let isDone = false;
  try {
    for (;;) {
      const since = performance.now();
      const timer = setTimeout(() => body.destroy(new Error('nothing came')), Math.max(1, stallMs - waitedMs));
      const next = await pieces
        .next()
        .catch((error: unknown) => {
          throw unreachable(url, error);
        })
        .finally(() => clearTimeout(timer));
      if (next.done === true) break;
      const piece = next.value as Buffer;
      waitedMs += performance.now() - since;
      progress += piece.length;
      if (progress >= progressBytes) {
        progress = 0;
        waitedMs = 0;
      }
      yield piece;
    }
    if (!body.complete) throw new SourceFailure('upstream-broken', `${url.host} broke off in the middle`);
    isDone = true;
  } finally {
    if (!isDone) body.destroy();
  }
}

/** Leaves a body unread; the connection is kept when little is left of it. */
export function discardBody({ body, headers }: UpstreamAnswer): void {
  const length = Number(headers['content-length'] ?? (body.statusCode === 304 ? 0 : Number.NaN));
  if (length <= mostDiscardedBytes) body.resume();
  else body.destroy();
}

/** A text as a whole, unpacked. Throws `SourceFailure` for one longer than `mostBytes`, packed or not. */
export async function readText(answer: UpstreamAnswer, stallMs: number, mostBytes: number): Promise<string> {
  const encoding = answer.headers['content-encoding'];
  const bytes = readBody(answer, stallMs);
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of encoding === 'gzip' || encoding === 'x-gzip' ? unpack(bytes, answer) : bytes) {
    size += piece.length;
    if (size > mostBytes)
      throw new SourceFailure('upstream-broken', `${answer.url.host} sent a page of more than ${mostBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

async function* unpack(packed: AsyncGenerator<Buffer>, { body, url }: UpstreamAnswer): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  let cause: unknown;
  const feeding = feed(packed, gunzip).catch((error: unknown) => {
    cause = error;
    gunzip.destroy();
  });
  try {
    for await (const piece of gunzip) yield piece as Buffer;
  } catch (error) {
    throw (
      cause ?? new SourceFailure('upstream-broken', `${url.host} sent a page that cannot be unpacked`, { cause: error })
    );
  } finally {
    gunzip.destroy();
    if (!body.complete) body.destroy();
    await feeding;
  }
}

async function feed(packed: AsyncGenerator<Buffer>, gunzip: Gunzip): Promise<void> {
  for await (const piece of packed) {
    if (gunzip.destroyed) return;
    if (!gunzip.write(piece)) await new Promise((resolve) => gunzip.once('drain', resolve).once('close', resolve));
  }
  gunzip.end();
}
