import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import { throwIfInterrupted } from '../lock.ts';
import { type Descriptor, type LayerSource, TransferError } from './image-source.ts';

export interface ReadBlobOptions {
  readonly source: LayerSource;
  readonly layer: Descriptor;
  /** What came before, and to which all that comes is added. Absent: the source can be read again at no cost. */
  readonly partFile?: string | undefined;
  /** Called with the bytes that came so far. */
  readonly onBytes: (received: number) => void;
  readonly signal?: AbortSignal | undefined;
  /** Waits between tries, in milliseconds. */
  readonly retryDelaysMs?: readonly number[];
}

const defaultDelaysMs = [200, 1000, 3000, 10_000];
const pieceBytes = 1 << 20;
/** A registry that sends a little and hangs up, over and over, is given up at last. */
const mostTries = 25;

/**
 * The bytes of a layer, from the first on: what an earlier pull got, then the rest from the source, asked again where a
 * connection was lost. Throws IMAGE_REFUSED at the end when size or digest are not what the manifest says, and what the
 * source throws when tries are used up.
 */
export async function* readBlob(options: ReadBlobOptions): AsyncGenerator<Buffer> {
  const { layer, partFile } = options;
  const hash = createHash('sha256');
  const part = partFile === undefined ? undefined : await openPart(partFile);
  let received = 0;
  try {
    if (part !== undefined) {
      for await (const piece of readPart(part, layer.sizeBytes)) {
        received += piece.length;
        hash.update(piece);
        options.onBytes(received);
        yield piece;
      }
    }
    for await (const piece of readSource(options, () => received)) {
      received += piece.length;
      if (received > layer.sizeBytes) throw liedAboutSize(options, 'more');
      hash.update(piece);
      await part?.appendFile(piece);
      options.onBytes(received);
      yield piece;
    }
  } finally {
    await part?.close();
  }
  const digest = `sha256:${hash.digest('hex')}`;
  if (digest === layer.digest || options.source.hasDigests === false) return;
  throw new AppError('IMAGE_REFUSED', `${options.source.name} sent a layer that is not the one its manifest names`, {
    details: [`expected ${layer.digest}`, `got      ${digest}`],
  });
}

function openPart(file: string): Promise<FileHandle> {
  return open(file, 'a+', 0o600);
}

async function* readPart(part: FileHandle, mostBytes: number): AsyncGenerator<Buffer> {
  const { size } = await part.stat();
  if (size > mostBytes) {
    await part.truncate(0);
    return;
  }
  for (let at = 0; at < size; ) {
    const { bytesRead, buffer } = await part.read({ buffer: Buffer.allocUnsafe(pieceBytes), position: at });
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** What the source has after what was received; a lost connection is taken up again, and progress gives new tries. */
async function* readSource(options: ReadBlobOptions, receivedBytes: () => number): AsyncGenerator<Buffer> {
  const { source, layer, signal, retryDelaysMs = defaultDelaysMs } = options;
  let failures = 0;
  let triesLeft = mostTries;
  while (receivedBytes() < layer.sizeBytes) {
    throwIfInterrupted(signal);
    const before = receivedBytes();
    let failure: unknown;
    try {
      for await (const piece of source.read(layer, before, signal)) yield piece;
      if (receivedBytes() >= layer.sizeBytes) return;
      failure = liedAboutSize(options, 'less');
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      failure = error;
    }
    throwIfInterrupted(signal);
    if (receivedBytes() > before) failures = 0;
    const pause = retryDelaysMs[failures];
    triesLeft -= 1;
    if (pause === undefined || triesLeft === 0) throw failure;
    failures += 1;
    await delay(pause, undefined, signal === undefined ? {} : { signal }).catch(() => throwIfInterrupted(signal));
  }
}

function liedAboutSize({ source, layer }: ReadBlobOptions, than: 'more' | 'less'): AppError {
  return new AppError('IMAGE_REFUSED', `${source.name} sent ${than} of a layer than its manifest says`, {
    details: [`${layer.digest} has ${layer.sizeBytes} bytes`],
  });
}
