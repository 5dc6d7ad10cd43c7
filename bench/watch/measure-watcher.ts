/**
 * One watcher over one tree, in a process of its own: how long until it is ready, the memory it takes, how long from a save
 * to its word of it, and whether a file in folders that are new is seen. Prints one line of JSON.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../stack.ts';
import { openWatcher, type WatcherName } from './watchers.ts';

export interface WatcherFigures {
  readonly readyMs: number;
  readonly memoryMb: number;
  readonly saveMs: number;
  /** Until all of 500 files that were written at once were told. */
  readonly burstMs: number;
  readonly seesNested: boolean;
}

const saves = 30;
const burst = 500;

async function measure(name: WatcherName, root: string): Promise<WatcherFigures> {
  let onPath: (path: string) => void = () => undefined;
  const memoryBefore = process.memoryUsage.rss();
  const startedAt = performance.now();
  await openWatcher(name, root, (path) => onPath(path));
  const readyMs = performance.now() - startedAt;
  const memoryMb = (process.memoryUsage.rss() - memoryBefore) / 1e6;
  await delay(500);
  /** Milliseconds from some work until all of the paths were told; a path that is not told counts for the whole wait. */
  const timeUntil = async (paths: readonly string[], work: () => void): Promise<number> => {
    const missing = new Set(paths);
    const from = performance.now();
    const all = new Promise<void>((resolve) => {
      onPath = (path) => {
        missing.delete(path);
        if (missing.size === 0) resolve();
      };
    });
    work();
    await Promise.race([all, delay(3000)]);
    const ms = performance.now() - from;
    await delay(60);
    return ms;
  };
  const times: number[] = [];
  for (let round = 0; round < saves; round += 1) {
    const file = join(root, 'd0', `e${round}`, `f${round * 20}.txt`);
    times.push(await timeUntil([file], () => writeFileSync(file, String(round))));
  }
  const many = Array.from({ length: burst }, (_, index) => join(root, 'd0', `e${index % 50}`, `new-${name}-${index}`));
  const burstMs = await timeUntil(many, () => {
    for (const file of many) writeFileSync(file, '');
  });
  const nested = join(root, `n-${name}`, 'a', 'b', 'file.txt');
  const nestedMs = await timeUntil([nested], () => {
    mkdirSync(join(nested, '..'), { recursive: true });
    writeFileSync(nested, '');
  });
  for (const file of many) rmSync(file);
  rmSync(join(root, `n-${name}`), { recursive: true });
  return { readyMs, memoryMb, saveMs: median(times), burstMs, seesNested: nestedMs < 3000 };
}

const [, , name, root] = process.argv;
if (name !== undefined && root !== undefined) {
  console.log(JSON.stringify(await measure(name as WatcherName, root)));
  process.exit(0);
}
