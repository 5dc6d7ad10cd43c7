import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WatchRule } from '@devstead/environment';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TreeState } from './tree-state.ts';
import { findWatchedPaths } from './watched-paths.ts';

let top = '';
let web = '';
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'devstead-watched-')));
  web = join(top, 'web');
  for (const path of [
    '.git/config',
    'src/a.py',
    'src/a.txt',
    'src/.a.py.swp',
    'src/a.py~',
    'docs/x',
    'docs/keep',
    'lib/b.py',
  ]) {
    mkdirSync(join(web, path, '..'), { recursive: true });
    writeFileSync(join(web, path), path);
  }
  writeFileSync(join(top, '.dockerignore'), 'web/docs\n!web/docs/keep\n[\n');
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

function rule(change: Partial<WatchRule>): WatchRule {
  return { path: web, action: 'sync', target: '/app', ignore: [], include: [], initialSync: false, ...change };
}

async function list(change: Partial<WatchRule>, context?: string): Promise<string[]> {
  const watched = findWatchedPaths(rule(change), context === undefined ? undefined : { context, args: [] });
  if (watched === undefined) return ['nothing there'];
  const state = new TreeState(watched);
  await state.compare();
  return [...state.paths].sort();
}

describe('findWatchedPaths', () => {
  it('leaves out what editors write, .git, and what the rule says', async () => {
    expect(await list({})).toEqual(['docs/keep', 'docs/x', 'lib/b.py', 'src/a.py', 'src/a.txt']);
    expect(await list({ ignore: ['docs/', '**/*.txt'] })).toEqual(['lib/b.py', 'src/a.py']);
    expect(await list({ include: ['**/*.py'], ignore: ['lib'] })).toEqual(['src/a.py']);
  });

  it('leaves out what the .dockerignore of the build does, from its own folder', async () => {
    expect(await list({}, top)).toEqual(['docs/keep', 'lib/b.py', 'src/a.py', 'src/a.txt']);
    expect(findWatchedPaths(rule({}), { context: top, args: [] })?.mistakes).toHaveLength(1);
    // A context beside the path says nothing of it.
    expect(await list({ path: join(web, 'docs') }, join(web, 'src'))).toEqual(['keep', 'x']);
  });

  it('takes the one named after the Dockerfile first', async () => {
    writeFileSync(join(top, 'dev.Dockerfile.dockerignore'), 'web/src');
    const watched = findWatchedPaths(rule({}), { context: top, dockerfile: 'dev.Dockerfile', args: [] });
    expect([watched?.ignores(['src'], true), watched?.ignores(['docs'], true)]).toEqual([true, false]);
  });

  it('watches one file, a link by what it leads to, and nothing where there is nothing', async () => {
    expect(await list({ path: join(web, 'src/a.py') })).toEqual(['a.py']);
    symlinkSync(web, join(top, 'link'));
    expect(findWatchedPaths(rule({ path: join(top, 'link') }), undefined)?.root).toBe(web);
    expect(await list({ path: join(top, 'gone') })).toEqual(['nothing there']);
  });

  it('takes only the files that are meant with a folder that goes', async () => {
    const watched = findWatchedPaths(rule({ include: ['**/*.py'] }), undefined);
    if (watched === undefined) throw new Error('it is there');
    const state = new TreeState(watched);
    await state.compare();
    rmSync(join(web, 'src'), { recursive: true });
    expect(state.look(['src'])).toEqual({ written: [], gone: ['src/a.py'] });
  });
});
