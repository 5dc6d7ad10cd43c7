import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonLines, type StreamName, StreamSplitter } from './streams.ts';

function frame(name: StreamName, body: string): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(8);
  head[0] = name === 'stderr' ? 2 : 1;
  head.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

describe('streams of an engine', () => {
  it('are the same however they are cut', () => {
    const parts = fc.array(fc.tuple(fc.constantFrom<StreamName>('stdout', 'stderr'), fc.string()));
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 9 }), (sent, size) => {
        const all = Buffer.concat(sent.map(([name, body]) => frame(name, body)));
        const got: [StreamName, string][] = [];
        const splitter = new StreamSplitter((name, part) => got.push([name, part.toString()]));
        for (let at = 0; at < all.length; at += size) splitter.feed(all.subarray(at, at + size));
        expect(got).toEqual(sent);
      }),
    );
  });

  it('of values are read across pieces', async () => {
    const values: unknown[] = [];
    await readJsonLines(Readable.from([Buffer.from('{"a":1}\n{"b'), Buffer.from('":2}\n\n{"c":3}')]), (one) =>
      values.push(one),
    );
    expect(values).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
  });
});
