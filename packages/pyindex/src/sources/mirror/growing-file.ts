import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { OpenedFile } from '../../source.ts';
import type { GrowingContent } from '../../store/file-store.ts';

/** What is known of a file while it is fetched. */
export interface GrowingFile {
  readonly content: GrowingContent;
  readonly filename: string;
  /** As upstream announced it. */
  readonly sizeBytes: number;
  /** As its page says. */
  readonly sha256: string;
  readonly modifiedMs: number;
}

/** Held back until the whole was compared, so that nobody has all of a file that is not right. */
const heldBytes = 1 << 16;
/** Each who waits for it has as much in memory. */
const readBytes = 1 << 16;
const lookMs = 50;

/**
 * A file that is still on its way, for who could not wait for the whole: its bytes as they come, the last of them only
 * once `done` says that the whole is right. Otherwise the stream fails before its end, and the transfer breaks off.
 */
export async function openGrowing(file: GrowingFile, done: Promise<OpenedFile | undefined>): Promise<OpenedFile> {
  const { filename, sizeBytes, sha256, modifiedMs, content } = file;
  // Opened now: once it is complete it has another place.
  const handle = await open(content.path, 'r');
  let isTaken = false;
  let isClosed = false;
  const close = (): Promise<void> => handle.close();
  const state = watch(done);
  void state.ended.then(() => {
    if (isTaken) return undefined;
    isClosed = true;
    return close();
  });
  return {
    filename,
    sizeBytes,
    sha256,
    modifiedMs,
    stream: ({ start, end } = { start: 0, end: sizeBytes - 1 }) => {
      if (isClosed) return Readable.from(readWhole(done, { start, end }), { objectMode: false });
      isTaken = true;
      const stream = Readable.from(follow(handle, content, state, start, end + 1), { objectMode: false });
      return stream.once('close', () => void close().catch(() => undefined));
    },
  };
}

/** Of a file that was complete before anybody read it. */
async function* readWhole(
  done: Promise<OpenedFile | undefined>,
  range: { readonly start: number; readonly end: number },
): AsyncGenerator<Buffer> {
  const whole = await done;
  if (whole === undefined) throw new Error('upstream does not have the file any more');
  yield* whole.stream(range);
}

interface Watched {
  /** Always fulfilled. */
  readonly ended: Promise<void>;
  readonly isRight: () => boolean;
  readonly failure: () => unknown;
}

function watch(done: Promise<unknown>): Watched {
  let isRight = false;
  let failure: unknown;
  const ended = done.then(
    () => {
      isRight = true;
    },
    (error: unknown) => {
      failure = error;
    },
  );
  return { ended, isRight: () => isRight, failure: () => failure };
}

async function* follow(
  handle: FileHandle,
  content: GrowingContent,
  state: Watched,
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(readBytes);
  let place = start;
  while (place < end) {
    if (state.failure() !== undefined) throw state.failure();
    const free = state.isRight() ? end : Math.min(end, content.readableBytes() - heldBytes);
    if (free <= place) {
      await Promise.race([state.ended, wait(lookMs)]);
      continue;
    }
    const { bytesRead } = await handle.read(buffer, 0, Math.min(readBytes, free - place), place);
    if (bytesRead === 0) throw new Error('the file is shorter than it was announced');
    place += bytesRead;
    yield Buffer.from(buffer.subarray(0, bytesRead));
  }
}
