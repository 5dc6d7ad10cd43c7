import type { Readable } from 'node:stream';

export type StreamName = 'stdout' | 'stderr';

/**
 * Takes apart what an engine sends of a program without a terminal (Docker Engine API, "Stream format"): a head of
 * eight bytes, then as many as it says.
 */
export class StreamSplitter {
  private rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  private readonly onPart: (name: StreamName, part: Buffer) => void;

  constructor(onPart: (name: StreamName, part: Buffer) => void) {
    this.onPart = onPart;
  }

  feed(chunk: Buffer): void {
    let buffer = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    while (buffer.length >= 8) {
      const size = buffer.readUInt32BE(4);
      if (buffer.length < 8 + size) break;
      this.onPart(buffer[0] === 2 ? 'stderr' : 'stdout', buffer.subarray(8, 8 + size));
      buffer = buffer.subarray(8 + size);
    }
    this.rest = buffer;
  }
}

/** Reads a stream of JSON values, each on a line of its own or next to the other, until it ends. */
export async function readJsonLines(stream: Readable, onValue: (value: unknown) => void): Promise<void> {
  let rest = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onValue(JSON.parse(line));
  }
  if (rest.trim() !== '') onValue(JSON.parse(rest));
}
