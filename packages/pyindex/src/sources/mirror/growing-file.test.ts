import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { OpenedFile } from '../../source.ts';
import { type GrowingFile, openGrowing } from './growing-file.ts';
import { openBytes } from './open-bytes.ts';

const bytes = Buffer.alloc(200_000, 'abc');
const whole = openBytes('a', bytes, 0);

function makeGrowing(): GrowingFile {
  const folder = mkdtempSync(join(tmpdir(), 'devstead-growing-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'content');
  writeFileSync(path, bytes);
  const content = { path, readableBytes: () => bytes.length };
  return { content, filename: 'a', sizeBytes: bytes.length, sha256: whole.sha256, modifiedMs: 0 };
}

test.each([undefined, { start: 100, end: 150_000 }])(
  'what is complete before it is read is read whole: %j',
  async (range) => {
    const { promise, resolve } = Promise.withResolvers<OpenedFile>();
    const opened = await openGrowing(makeGrowing(), promise);
    resolve(whole);
    await new Promise((next) => setImmediate(next));
    const expected = range === undefined ? bytes : bytes.subarray(range.start, range.end + 1);
    expect((await buffer(opened.stream(range))).equals(expected)).toBe(true);
  },
);

test('what turns out to be wrong before it is read is not read', async () => {
  const { promise, reject } = Promise.withResolvers<OpenedFile>();
  const opened = await openGrowing(makeGrowing(), promise);
  reject(new Error('another hash'));
  await new Promise((next) => setImmediate(next));
  await expect(buffer(opened.stream())).rejects.toThrow('another hash');
});
