import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.ts';

/**
 * Does work in a new folder, which is gone afterwards. A folder of an earlier time that was cut off is removed, and its
 * name is never used again: what may still be at work in it disturbs nobody.
 */
export async function withStaging<T>(staging: string, name: string, work: (place: string) => Promise<T>): Promise<T> {
  makeFolder(staging, 0o700);
  for (const entry of readdirSync(staging)) {
    // No project's name has a dot.
    if (entry.startsWith(`${name}.`)) rmSync(join(staging, entry), { recursive: true, force: true });
  }
  const place = join(staging, `${name}.${process.pid}-${Date.now()}`);
  mkdirSync(place, { mode: 0o700 });
  try {
    return await work(place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
