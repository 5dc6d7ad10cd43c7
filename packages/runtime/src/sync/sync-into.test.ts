import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { spawnProcess, systemPath } from '../process/run-process.ts';
import type { Runtime } from '../types.ts';
import { syncInto } from './sync-into.ts';
import { TreeState } from './tree-state.ts';
import type { WatchedPaths } from './watched-paths.ts';

const top = mkdtempSync(join(tmpdir(), 'devstead-sync-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
let count = 0;

/** What runs in the container runs here: its folders are this machine's. */
const runtime = {
  exec: ({ argv, stdio }: Parameters<Runtime['exec']>[0]) => spawnProcess(argv, { env: { PATH: systemPath }, stdio }),
} as Runtime;
const options = { keepsTimes: false, signal: new AbortController().signal };

function makeFolders(): { readonly watched: WatchedPaths; readonly target: { container: string; path: string } } {
  count += 1;
  const root = join(top, `from-${count}`);
  mkdirSync(root);
  const watched = { root, ignores: () => false, isChosen: false, mistakes: [] };
  return { watched, target: { container: 'web', path: join(top, `to-${count}`) } };
}

/** Files with their contents, and where links lead. */
function readTree(folder: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isDirectory()) Object.assign(found, readTree(folder, path));
    else found[path] = entry.isSymbolicLink() ? 'link' : readFileSync(join(folder, path), 'utf8');
  }
  return found;
}

const name = fc.constantFrom('a', 'b', '-rf', "e 'ü\n");
const path = fc.array(name, { minLength: 1, maxLength: 2 }).map((names) => names.join('/'));
const operation = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), path, text: fc.string({ maxLength: 600 }) }),
  fc.record({ kind: fc.constant('link' as const), path }),
  fc.record({ kind: fc.constant('remove' as const), path }),
  fc.record({ kind: fc.constant('rename' as const), path, to: path }),
);

/** Does what a person might, and returns the paths that a watcher tells of. */
function operate(root: string, change: typeof operation extends fc.Arbitrary<infer T> ? T : never): string[] {
  const full = join(root, change.path);
  const before = readTree(root);
  try {
    if (change.kind === 'remove') rmSync(full, { recursive: true });
    else if (change.kind === 'rename') renameSync(full, join(root, change.to));
    else {
      if (change.kind === 'link') rmSync(full, { recursive: true, force: true });
      mkdirSync(dirname(full), { recursive: true });
      if (change.kind === 'link') symlinkSync('nowhere', full);
      else writeFileSync(full, change.text);
    }
  } catch {
    // What cannot be done here is not done.
  }
  const after = readTree(root);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((one) => before[one] !== after[one]);
}

describe('syncInto', () => {
  it('makes a copy like the folder, whatever changes, told one by one or found by looking', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(operation, fc.boolean()), { maxLength: 12 }), async (changes) => {
        const { watched, target } = makeFolders();
        mkdirSync(target.path);
        const state = new TreeState(watched);
        await state.compare();
        let missed: string[] = [];
        for (const [change, isLate] of changes) {
          missed.push(...operate(watched.root, change));
          if (isLate) continue;
          await syncInto(runtime, watched, target, state.look([...new Set(missed)]), options);
          missed = [];
          expect(readTree(target.path)).toEqual(readTree(watched.root));
        }
        await syncInto(runtime, watched, target, await state.compare(), options);
        expect(readTree(target.path)).toEqual(readTree(watched.root));
      }),
      { numRuns: 60 },
    ));

  it.each([
    ['told of both at once', [['a', 'a/b']]],
    ['told of the file alone', [['a/b']]],
    ['told of the file and then of the folder', [['a/b'], ['a']]],
    ['told of the folder and then of the file', [['a'], ['a/b']]],
  ])('leaves a folder that took the place of a file when it compares all later: %s', async (_how, batches) => {
    const { watched, target } = makeFolders();
    mkdirSync(target.path);
    const state = new TreeState(watched);
    writeFileSync(join(watched.root, 'a'), '');
    await syncInto(runtime, watched, target, state.look(['a']), options);
    rmSync(join(watched.root, 'a'));
    mkdirSync(join(watched.root, 'a'));
    writeFileSync(join(watched.root, 'a/b'), '');
    for (const paths of batches) await syncInto(runtime, watched, target, state.look(paths), options);
    expect(readTree(target.path)).toEqual({ 'a/b': '' });
    await syncInto(runtime, watched, target, await state.compare(), options);
    expect(readTree(target.path)).toEqual({ 'a/b': '' });
  });

  it('brings the rights of files along, gives them the time at which they come, and leaves other files', async () => {
    const { watched, target } = makeFolders();
    mkdirSync(target.path);
    writeFileSync(join(target.path, 'own'), 'of the image');
    writeFileSync(join(watched.root, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    execFileSync('touch', ['-d', '2001-01-01', join(watched.root, 'run.sh')]);
    const changes = { written: ['run.sh'], gone: [] };
    const look = () => execFileSync('stat', ['-c', '%a %y', join(target.path, 'run.sh')], { encoding: 'utf8' });
    await syncInto(runtime, watched, target, changes, options);
    expect(look()).toMatch(/^755 (?!2001)/);
    await syncInto(runtime, watched, target, changes, { ...options, keepsTimes: true });
    expect(look()).toMatch(/^755 2001-01-01/);
    expect(Object.keys(readTree(target.path)).sort()).toEqual(['own', 'run.sh']);
  });

  it('carries more folders and removals than one command takes', async () => {
    const { watched, target } = makeFolders();
    const names = Array.from({ length: 700 }, (_, index) => `folder-${index}`);
    for (const one of names) mkdirSync(join(watched.root, one));
    for (const one of names) writeFileSync(join(watched.root, one, 'f'), one);
    const state = new TreeState(watched);
    const owner = { uid: userInfo().uid, gid: userInfo().gid };
    await syncInto(runtime, watched, target, await state.compare(), { ...options, owner });
    expect(Object.keys(readTree(target.path))).toHaveLength(700);
    for (const one of names) rmSync(join(watched.root, one), { recursive: true });
    await syncInto(runtime, watched, target, await state.compare(), options);
    expect(readTree(target.path)).toEqual({});
  });

  it('renames the one file that is watched', async () => {
    const { watched, target } = makeFolders();
    writeFileSync(join(watched.root, 'conf.dev'), 'x');
    const one = { ...watched, file: 'conf.dev', isChosen: true };
    const place = { ...target, path: join(target.path, 'deep/conf') };
    await syncInto(runtime, one, place, { written: ['conf.dev'], gone: [] }, options);
    expect(readTree(target.path)).toEqual({ 'deep/conf': 'x' });
    await syncInto(runtime, one, place, { written: [], gone: ['conf.dev'] }, options);
    expect(readTree(target.path)).toEqual({});
  });

  it('says that the image has no tar', async () => {
    const { watched, target } = makeFolders();
    writeFileSync(join(watched.root, 'a'), '');
    const bare = { exec: () => spawnProcess(['sh', '-c', 'exit 97'], { env: {}, stdio: ['pipe', 'ignore', 'pipe'] }) };
    await expect(
      syncInto(bare as unknown as Runtime, watched, target, { written: ['a'], gone: [] }, options),
    ).rejects.toMatchObject({ code: 'COPY_FAILED' });
  });
});
