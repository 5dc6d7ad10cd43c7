import { readSync } from 'node:fs';
import { limits } from '@devstead/devfile/limits';

let text: string | undefined;

/**
 * The text of standard input; of a longer one than a file may be, one byte more, by which its reader sees that. It can be read
 * only once, so it is kept for whoever asks again.
 */
export function readStandardInput(): string {
  text ??= readUpTo(limits.bytes + 1);
  return text;
}

function readUpTo(mostBytes: number): string {
  const chunks: Buffer[] = [];
  for (let left = mostBytes; left > 0; ) {
    const chunk = Buffer.alloc(Math.min(left, 65_536));
    const count = readSync(0, chunk);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    left -= count;
  }
  return Buffer.concat(chunks).toString('utf8');
}
