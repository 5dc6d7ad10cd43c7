/**
 * Watching a tree of 10,000 and of 100,000 files beside chokidar, Node's recursive fs.watch and, where it is installed,
 * @parcel/watcher; then `devstead watch` on the Flask example: from a save to the restart begun, and to the new answer
 * served. Anchor: odo 3.16 on podman takes 5.3 to 5.5 s from an edit to the new answer.
 * Last, `devstead compose watch` on the backend of the three tiers (`sync+restart`): from a save to the file in the container, and to
 * the new answer served. Targets: 100 and 600 ms.
 * Usage: npm run bench -- watch [rounds]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, readRounds } from '../stack.ts';
import { BackendWatch } from './backend-watch.ts';
import { FlaskWatch } from './flask-watch.ts';
import type { WatcherFigures } from './measure-watcher.ts';
import { watcherNames } from './watchers.ts';

const filesAFolder = 20;

function makeTree(root: string, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const folder = join(root, `d${Math.floor(index / 1000)}`, `e${Math.floor(index / filesAFolder)}`);
    if (index % filesAFolder === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `f${index}.txt`), '');
  }
}

function measureWatchers(count: number): void {
  const root = mkdtempSync(join(tmpdir(), 'devstead-bench-tree-'));
  try {
    makeTree(root, count);
    console.log(`${count.toLocaleString('en')} files in ${(count / filesAFolder).toLocaleString('en')} folders`);
    for (const name of watcherNames) {
      const program = fileURLToPath(new URL('measure-watcher.ts', import.meta.url));
      let line = 'not installed';
      try {
        const text = execFileSync(process.execPath, [program, name, root], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const { readyMs, memoryMb, saveMs, burstMs, seesNested } = JSON.parse(text) as WatcherFigures;
        line =
          `ready ${readyMs.toFixed(0)} ms   memory ${memoryMb.toFixed(0)} MB   save ${saveMs.toFixed(1)} ms   ` +
          `500 files ${burstMs.toFixed(0)} ms   nested new file ${seesNested ? 'seen' : 'MISSED'}`;
      } catch {
        // Of the peers only chokidar is a dependency.
      }
      console.log(`  ${name.padEnd(16)} ${line}`);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function report(title: string, values: readonly number[]): void {
  const [least, middle, most] = [Math.min(...values), median(values), Math.max(...values)].map((ms) => ms.toFixed(0));
  console.log(`  ${title.padEnd(32)} ${least} / ${middle} / ${most} ms`);
}

for (const count of [10_000, 100_000]) measureWatchers(count);
const rounds = readRounds(10);
const flask = new FlaskWatch();
try {
  console.log(`Flask example, ${rounds} edits (minimum / median / maximum)`);
  await flask.start();
  const edits = [];
  // The first edit warms the caches.
  for (let round = 0; round <= rounds; round += 1) edits.push(await flask.edit(round));
  edits.shift();
  report(
    'save to restart begun',
    edits.map(({ restartMs }) => restartMs),
  );
  report(
    'save to the new answer served',
    edits.map(({ servedMs }) => servedMs),
  );
} finally {
  await flask.close();
}

const backend = new BackendWatch();
try {
  console.log(`The backend of the three tiers, ${rounds} edits (minimum / median / maximum)`);
  await backend.start();
  const edits = [];
  for (let round = 0; round <= rounds; round += 1) edits.push(await backend.edit(round));
  edits.shift();
  report(
    'save to the file in place',
    edits.map(({ inPlaceMs }) => inPlaceMs),
  );
  report(
    'save to the new answer served',
    edits.map(({ servedMs }) => servedMs),
  );
} finally {
  await backend.close();
}
