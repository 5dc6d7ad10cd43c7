import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ChangeBatch, ProjectWatcher } from './project-watcher.ts';

let root = '';
let watcher: ProjectWatcher | undefined;
let batches: ChangeBatch[] = [];
let notes: string[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'devstead-watch-')));
  batches = [];
  notes = [];
});
afterEach(() => {
  watcher?.close();
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text = 'x'): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

async function open(options: { readonly patterns?: readonly string[]; readonly excluded?: readonly string[] } = {}) {
  watcher = await ProjectWatcher.open({
    root,
    ...options,
    onBatch: (batch) => batches.push(batch),
    onNote: (note) => notes.push(note),
  });
  return watcher;
}

/** All paths told so far, once the ones wanted are among them. */
async function seen(...wanted: readonly string[]): Promise<string[]> {
  const all = (): string[] => batches.flatMap(({ paths }) => paths);
  await expect.poll(() => wanted.filter((path) => !all().includes(path)), { interval: 10 }).toEqual([]);
  return [...new Set(all())].sort();
}

/** What is told after some time, when nothing should be: a file that is watched ends the wait. */
async function seenUntilMarker(): Promise<string[]> {
  await delay(60);
  write('marker');
  return (await seen('marker')).filter((path) => path !== 'marker');
}

function git(...args: readonly string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', ['-C', root, ...identity, ...args], { stdio: 'ignore' });
}

describe('ProjectWatcher', () => {
  it('tells of writes, new files, removals and moves, each once', async () => {
    write('a.txt');
    write('sub/b.txt');
    write('sub/c.txt');
    await open();
    write('a.txt', 'other');
    write('new.txt');
    rmSync(join(root, 'sub/b.txt'));
    renameSync(join(root, 'sub/c.txt'), join(root, 'd.txt'));
    expect(await seen('a.txt', 'new.txt', 'sub/b.txt', 'sub/c.txt', 'd.txt')).toHaveLength(5);
    expect(batches).toHaveLength(1);
  });

  it('waits less than 100 ms from a save to the batch', async () => {
    write('a.txt');
    await open();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    write('a.txt', 'other');
    while (vi.getTimerCount() === 0) await nextTurn();
    await vi.advanceTimersByTimeAsync(99);
    expect(batches.map(({ paths }) => paths)).toEqual([['a.txt']]);
  });

  it('sees files made at once in folders that are new', async () => {
    await open();
    write('one/two/three/deep.txt');
    await seen('one/two/three/deep.txt');
    write('one/two/later.txt');
    expect(await seen('one/two/later.txt')).toEqual(['one/two/later.txt', 'one/two/three/deep.txt']);
  });

  it('watches a folder that replaces another of its name, and one that was moved', async () => {
    write('out/a/x.txt');
    await open();
    rmSync(join(root, 'out'), { recursive: true });
    write('out/a/y.txt');
    await seen('out/a/y.txt');
    renameSync(join(root, 'out'), join(root, 'moved'));
    await seen('moved/a/y.txt');
    write('moved/a/z.txt');
    expect(await seen('moved/a/z.txt')).toContain('out');
  });

  it('tells only the real name of a file that was written beside it first', async () => {
    write('a.txt');
    await open();
    write('a.txt.4711');
    renameSync(join(root, 'a.txt.4711'), join(root, 'a.txt'));
    expect(await seen('a.txt')).toEqual(['a.txt']);
  });

  it('gives back the watches of folders that go', async () => {
    write('many/1/x');
    write('many/2/x');
    const { folderCount } = await open();
    expect(folderCount).toBe(4);
    rmSync(join(root, 'many'), { recursive: true });
    await expect.poll(() => watcher?.folderCount).toBe(1);
  });

  it('tells nothing of what is ignored, and needs no watch for it', async () => {
    write('.gitignore', 'dist/\n*.log\n');
    write('node_modules/x/index.js');
    write('dist/app.js');
    write('.git/HEAD');
    expect((await open()).folderCount).toBe(1);
    write('dist/app.js', 'other');
    write('node_modules/x/index.js', 'other');
    write('app.log');
    write('__pycache__/a.pyc');
    write('.git/index');
    rmSync(join(root, 'dist'), { recursive: true });
    rmSync(join(root, '__pycache__'), { recursive: true });
    expect(await seenUntilMarker()).toEqual([]);
  });

  it('takes .devsteadignore before .odoignore before .gitignore', async () => {
    write('.gitignore', 'git.txt\n');
    write('.odoignore', 'odo.txt\n');
    await open();
    for (const name of ['git.txt', 'odo.txt']) write(name);
    expect(await seenUntilMarker()).toEqual(['git.txt']);
    watcher?.close();
    batches = [];
    write('.devsteadignore', 'own.txt\n!node_modules/\n');
    await open();
    for (const name of ['own.txt', 'odo.txt', 'node_modules/a.js']) write(name);
    expect(await seenUntilMarker()).toEqual(['node_modules/a.js', 'odo.txt']);
  });

  it('obeys the ignore files of a repository above and below the project, and rules of the caller', async () => {
    const top = root;
    git('init', '-q');
    write('.gitignore', 'generated/\n/service/top.txt\n');
    write('.git/info/exclude', 'private.txt\n');
    write('service/inner/.gitignore', '*.tmp\n');
    root = join(top, 'service');
    await open({ patterns: ['*.md'], excluded: [join(root, 'state')] });
    for (const path of ['generated/x', 'top.txt', 'private.txt', 'inner/a.tmp', 'a.md', 'state/y', 'inner/b.txt'])
      write(path);
    expect(await seenUntilMarker()).toEqual(['inner/b.txt']);
    watcher?.close();
    root = top;
  });

  it('reads the rules again when they change', async () => {
    await open();
    write('.gitignore', '*.txt\n');
    await expect.poll(() => notes.length).toBe(1);
    expect(batches).toEqual([]);
    write('a.txt');
    expect(await seenUntilMarker()).toEqual([]);
  });

  it('makes one batch of a checkout of thousands of files, after Git is done, and names the branches', async () => {
    git('init', '-q', '-b', 'main');
    for (let index = 0; index < 2000; index += 1) write(`d${index % 60}/f${index}.txt`, 'one');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    git('checkout', '-q', '-b', 'other');
    for (let index = 0; index < 2000; index += 1) write(`d${index % 60}/f${index}.txt`, 'two');
    git('commit', '-q', '-a', '-m', 'two');
    await open();
    git('checkout', '-q', 'main');
    await expect.poll(() => batches.length).toBe(1);
    await delay(300);
    expect(batches).toHaveLength(1);
    expect(batches[0]).toMatchObject({ count: 2000, isPartial: false, branch: { from: 'other', to: 'main' } });
  });

  it('waits while Git has the index locked, but not for a lock that was forgotten', async () => {
    git('init', '-q');
    const lock = join(root, '.git/index.lock');
    await open();
    writeFileSync(lock, '');
    write('a.txt');
    await delay(200);
    expect(batches).toEqual([]);
    rmSync(lock);
    await seen('a.txt');
    writeFileSync(lock, '');
    utimesSync(lock, 1, 1);
    write('b.txt');
    await seen('b.txt');
    expect(notes[0]).toContain('index.lock');
  });

  it('loses nothing when there are more events than the kernel keeps', async () => {
    await open();
    for (let index = 0; index < 300; index += 1)
      for (let file = 0; file < 70; file += 1) write(`n${index}/m/f${file}.txt`);
    await expect.poll(() => batches.length).toBe(1);
    expect(batches[0]).toMatchObject({ isPartial: true, count: 10_000 });
    expect(watcher?.folderCount).toBe(601);
    write('n299/m/late.txt');
    await seen('n299/m/late.txt');
  });

  it('does not follow links out of the project', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'devstead-outside-'));
    symlinkSync(outside, join(root, 'link'));
    expect((await open()).folderCount).toBe(1);
    rmSync(outside, { recursive: true });
  });

  it('says which limit of the kernel is too low, how many watches are needed and what mends it', () => {
    for (let index = 0; index < 60; index += 1) mkdirSync(join(root, `d${index}`));
    const entry = fileURLToPath(new URL('index.ts', import.meta.url));
    const program = `
      import { ProjectWatcher } from ${JSON.stringify(entry)};
      const nothing = () => undefined;
      const opened = ProjectWatcher.open({ root: ${JSON.stringify(root)}, onBatch: nothing, onNote: nothing });
      await opened.then(nothing, ({ code, message, hint }) => console.log(JSON.stringify({ code, message, hint })));`;
    // A user namespace of its own has limits of its own, so that the machine's stay as they are.
    const line = `echo 20 > /proc/sys/user/max_inotify_watches && exec "$0" --input-type=module -e "$1"`;
    const { stdout, stderr } = spawnSync('unshare', ['-Ur', 'sh', '-c', line, process.execPath, program], {
      encoding: 'utf8',
    });
    const said = JSON.parse(stdout || `{"stderr":${JSON.stringify(stderr)}}`) as Record<string, string>;
    expect(said['code']).toBe('MACHINE_LACKS');
    expect(said['message']).toMatch(/\b20\b.*\b61\b/);
    expect(said['hint']).toContain('user.max_inotify_watches=524288');
  });
});
