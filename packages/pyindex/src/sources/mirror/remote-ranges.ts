import { PassThrough, Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';
import { SourceFailure } from '../../source-failure.ts';
import { readBody } from '../../upstream/read-body.ts';
import type { UpstreamAnswer } from '../../upstream/upstream-client.ts';

/** Asks for a range of a file: `bytes=0-99`, or `bytes=-100` for its end. */
export type AskRange = (range: string) => Promise<UpstreamAnswer>;

/** Directories of wheels are at their end, and most are shorter. */
const tailBytes = 1 << 16;

/** A file elsewhere of which ranges can be read; the end of it is here. */
export interface RemoteRanges {
  readonly reader: RandomAccessReader;
  readonly sizeBytes: number;
}

/** Begins to read a file by ranges. `undefined` when its server does not give them. Throws `SourceFailure`. */
export async function openRemoteRanges(ask: AskRange, stallMs: number): Promise<RemoteRanges | undefined> {
  const answer = await ask(`bytes=-${tailBytes}`);
  const [, start, sizeBytes] =
    /^bytes ([0-9]{1,15})-[0-9]{1,15}\/([0-9]{1,15})$/.exec(answer.headers['content-range'] ?? '') ?? [];
  if (answer.status !== 206 || start === undefined || sizeBytes === undefined) {
    answer.body.destroy();
    return undefined;
  }
  const tail = await readWhole(answer, stallMs, tailBytes);
  const reader = new RangeReader(ask, stallMs, { start: Number(start), bytes: tail });
  return { reader, sizeBytes: Number(sizeBytes) };
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
