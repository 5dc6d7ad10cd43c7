import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { AppError } from '@devstead/kit';
import { TarReader } from '../../archive/tar-reader.ts';
import { saysDiskFull } from '../../is-disk-full.ts';
import { type FilteredLayer, type LayerCounts, LayerFilter, type LayerLimits } from '../archive/layer-filter.ts';
import { brokenArchive, layerRules } from '../archive/layer-rules.ts';
import { type BuildRoom, roomPaths } from '../build-room.ts';

/** A layer that lies unpacked. */
export interface UnpackedLayer extends FilteredLayer {
  /** Digest of the archive as it is without compression. */
  readonly diffId: string;
}

interface UnpackJob {
  readonly room: BuildRoom;
  /** An empty folder, as seen in the room. */
  readonly folder: string;
  /** The layer's archive as it is stored: plain, gzip or zstd. */
  readonly bytes: AsyncIterable<Buffer>;
  readonly sizeBytes: number;
  readonly limits: LayerLimits;
  readonly counts: LayerCounts;
  /** Called now and then; throws when the disk is nearly full. */
  readonly checkSpace: () => void;
  readonly signal?: AbortSignal | undefined;
}

const pieceBytes = 1 << 18;
/** Nothing honest is packed tighter than this once it is large. */
const largestRatio = 200;
const ratioFromBytes = 2 ** 30;
const spaceEveryBytes = 64 * 2 ** 20;

/**
 * Unpacks a layer as it arrives: decompresses, hashes, filters, and feeds the result to tar in a root of its own. Throws
 * IMAGE_REFUSED, MACHINE_LACKS when the disk is full, or what reading the bytes throws.
 */
export async function unpackLayer(job: UnpackJob): Promise<UnpackedLayer> {
  let result: UnpackedLayer | undefined;
  const feed = async (input: Writable): Promise<void> => {
    result = await streamLayer(job, input);
  };
  try {
    await job.room.runStep('unpack', [roomPaths.room, job.folder], 'unpacking a layer', {
      signal: job.signal,
      feed,
    });
  } catch (error) {
    throw explainFailure(error);
  }
  if (result === undefined) throw new AppError('INTERNAL', 'a layer was unpacked without being read');
  return result;
}

function explainFailure(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'IMAGE_BUILD_FAILED') return error;
  const said = error.details.join('\n');
  if (saysDiskFull(said)) return diskFull();
  return new AppError('IMAGE_REFUSED', 'a layer of the image cannot be unpacked', {
    details: error.details,
    cause: error,
  });
}

/** The error of a pull that the disk has no room for. */
export function diskFull(): AppError {
  return new AppError('MACHINE_LACKS', 'no space is left on the disk for the image; nothing of it was kept', {
    hint: 'Free some space, for example with `devstead image prune`, or set DEVSTEAD_HOME to a folder on a larger disk.',
  });
}

async function streamLayer(job: UnpackJob, input: Writable): Promise<UnpackedLayer> {
  const output = new FeedQueue(input);
  const filter = new LayerFilter((part) => output.add(part), job.limits, job.counts);
  const reader = new TarReader(filter, layerRules);
  const hash = createHash('sha256');
  let total = 0;
  let checkedAt = 0;
  for await (const piece of decompress(job.bytes)) {
    total += piece.length;
    if (total > ratioFromBytes && total > job.sizeBytes * largestRatio)
      throw new AppError('IMAGE_REFUSED', 'a layer of the image is packed far too tight to be honest', {
        details: [`${job.sizeBytes} bytes hold more than ${total}`],
      });
    if (total - checkedAt > spaceEveryBytes) {
      checkedAt = total;
      job.checkSpace();
    }
    hash.update(piece);
    reader.write(piece);
    await output.flush();
  }
  reader.end();
  const layer = filter.finish();
  await output.flush();
  input.end();
  return { ...layer, diffId: `sha256:${hash.digest('hex')}` };
}

/** Gathers what one piece of input gave and hands it on in one write. */
class FeedQueue {
  private readonly input: Writable;
  private parts: Buffer[] = [];

  constructor(input: Writable) {
    this.input = input;
  }

  add(part: Buffer): void {
    if (part.length > 0) this.parts.push(part);
  }

  async flush(): Promise<void> {
    if (this.parts.length === 0) return;
    const parts = this.parts;
    this.parts = [];
    this.input.cork();
    let hasRoom = true;
    for (const part of parts) hasRoom = this.input.write(part);
    this.input.uncork();
    if (this.input.destroyed) throw new Error('the reader is gone');
    if (!hasRoom) await waitForRoom(this.input);
  }
}

/** Waits until a stream takes more, or takes nothing any more. */
function waitForRoom(stream: Writable): Promise<void> {
  const events = ['drain', 'close', 'error'] as const;
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of events) stream.off(event, done);
      resolve();
    };
    for (const event of events) stream.on(event, done);
  });
}

const gzipMagic = Buffer.from([0x1f, 0x8b]);
const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** The archive without its compression, which is known by its first bytes: what a manifest says of it is not asked. */
export async function* decompress(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = bytes[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  while (first.reduce((sum, { length }) => sum + length, 0) < 4) {
    const { value, done } = await source.next();
    if (done === true) break;
    first.push(value);
  }
  const start = Buffer.concat(first);
  const all = (async function* (): AsyncGenerator<Buffer> {
    try {
      yield start;
      yield* { [Symbol.asyncIterator]: () => source };
    } finally {
      await source.return?.();
    }
  })();
  const isGzip = start.subarray(0, 2).equals(gzipMagic);
  const isZstd = start.subarray(0, 4).equals(zstdMagic);
  if (!isGzip && !isZstd) {
    yield* all;
    return;
  }
  const unpacker = isGzip ? createGunzip({ chunkSize: pieceBytes }) : createZstdDecompress({ chunkSize: pieceBytes });
  const failure = pump(all, unpacker);
  try {
    for await (const piece of unpacker) yield piece as Buffer;
  } catch (error) {
    throw (await failure) ?? brokenArchive(error instanceof Error ? error.message : 'it cannot be unpacked');
  } finally {
    unpacker.destroy();
  }
  const failed = await failure;
  if (failed !== undefined) throw failed;
}

/** Writes everything into a stream; returns what reading it threw, if anything. */
async function pump(bytes: AsyncIterable<Buffer>, into: Writable): Promise<unknown> {
  try {
    for await (const piece of bytes) {
      if (into.destroyed) return undefined;
      if (!into.write(piece) && !into.destroyed) await waitForRoom(into);
    }
    into.end();
    return undefined;
  } catch (error) {
    into.destroy(error instanceof Error ? error : new Error(String(error)));
    return error;
  }
}
