import { PassThrough, Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';
import { SourceFailure } from '../../source-failure.ts';
import { readBody } from '../../upstream/read-body.ts';
import type { UpstreamAnswer } from '../../upstream/upstream-client.ts';

/** Asks for a range of a file: `bytes=0-99`, or `bytes=-100` for its end. */
export type AskRange = (range: string) => Promise<UpstreamAnswer>;

/**
 * Bytes of the end that are asked for at first: most wheels are shorter, and of the others the directory and the metadata
 * are at the end.
 */
export const tailBytes = 1 << 18;

/** A file elsewhere of which ranges can be read; the end of it is here. */
interface RemoteRanges {
  readonly reader: RandomAccessReader;
  readonly sizeBytes: number;
}

/** The size of the whole file, from an answer with the end of it; `undefined` when the answer is none. */
export function readTotalBytes({ status, headers }: UpstreamAnswer): number | undefined {
  const [, total] = /^bytes [0-9]{1,15}-[0-9]{1,15}\/([0-9]{1,15})$/.exec(headers['content-range'] ?? '') ?? [];
  return status === 206 && total !== undefined ? Number(total) : undefined;
}

/** Begins to read a file by ranges; `tail` is the answer with its last `tailBytes`. Throws `SourceFailure`. */
export async function openRemoteRanges(
  tail: UpstreamAnswer,
  sizeBytes: number,
  ask: AskRange,
  stallMs: number,
): Promise<RemoteRanges> {
  const bytes = await readWhole(tail, stallMs, tailBytes);
  return { reader: new RangeReader(ask, stallMs, { start: sizeBytes - bytes.length, bytes }), sizeBytes };
}

class RangeReader extends RandomAccessReader {
  readonly #ask: AskRange;
  readonly #stallMs: number;
  readonly #tail: { readonly start: number; readonly bytes: Buffer };

  constructor(ask: AskRange, stallMs: number, tail: { readonly start: number; readonly bytes: Buffer }) {
    super();
    this.#ask = ask;
    this.#stallMs = stallMs;
    this.#tail = tail;
  }

  /** `end` is not part of it. */
  override _readStreamForRange(start: number, end: number): Readable {
    const { start: tailStart, bytes } = this.#tail;
    if (start >= tailStart) return Readable.from([bytes.subarray(start - tailStart, end - tailStart)]);
    const stream = new PassThrough();
    this.#readRange(start, end).then(
      (piece) => stream.end(piece),
      (error: unknown) => stream.destroy(error as Error),
    );
    return stream;
  }

  async #readRange(start: number, end: number): Promise<Buffer> {
    const answer = await this.#ask(`bytes=${start}-${end - 1}`);
    if (answer.status !== 206) {
      answer.body.destroy();
      throw new SourceFailure('upstream-broken', `${answer.url.host} gives no more ranges`);
    }
    return readWhole(answer, this.#stallMs, end - start);
  }
}

/** A body of at most `mostBytes`. Throws `SourceFailure` for a longer one. */
export async function readWhole(answer: UpstreamAnswer, stallMs: number, mostBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of readBody(answer, stallMs)) {
    size += piece.length;
    if (size > mostBytes) throw new SourceFailure('upstream-broken', `${answer.url.host} sent more than was asked for`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
