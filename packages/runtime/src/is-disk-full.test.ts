import { expect, it } from 'vitest';
import { saysDiskFull } from './is-disk-full.ts';

it.each([
  ['tar: big: Cannot write: No space left on device', true],
  ['tar: big: Wrote only 225792 of 262144 bytes\ntar: Exiting with failure status due to previous errors', true],
  ["cp: error writing 'copy': Disk quota exceeded", true],
  ['fatal: sha1 file write error. Out of diskspace', true],
  ['write /var/tmp/layer: no space left on device', true],
  ['tar: Unexpected EOF in archive', false],
  ['tar: big: Read error at byte 0, while reading 512 bytes: Input/output error', false],
])('tells whether a program could write no more: %s', (said, isFull) => {
  expect(saysDiskFull(said)).toBe(isFull);
});
