import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import { isProjectThere } from './is-project-there.ts';
import { makeFolderBelow, placeFolder } from './place-folder.ts';

function makePlaces(): { source: string; root: string; outside: string } {
  const folder = makeTemporaryFolder();
  const [source, root, outside] = [join(folder, 'source'), join(folder, 'root'), join(folder, 'outside')];
  for (const place of [source, root, outside]) mkdirSync(place);
  writeFileSync(join(source, 'file'), 'mine');
  return { source, root, outside };
}

describe('putting a folder in its place (threat 15)', () => {
  it('makes the folders above it, and takes the place of an empty one', () => {
    const { source, root } = makePlaces();
    mkdirSync(join(root, 'a/b'), { recursive: true });
    placeFolder(source, root, 'a/b');
    expect(readFileSync(join(root, 'a/b/file'), 'utf8')).toBe('mine');
    expect(isProjectThere(root, 'a/b')).toBe(true);
    expect(isProjectThere(root, 'a/c')).toBe(false);
  });

  it.each([
    ['the place itself', 'shop'],
    ['a folder above it', 'shop/api'],
    ['a folder further above', 'shop/code/api'],
  ])('follows no link that a program made of %s', (_what, path) => {
    const { source, root, outside } = makePlaces();
    symlinkSync(outside, join(root, 'shop'));
    expect(() => placeFolder(source, root, path)).toThrow(expect.objectContaining({ code: 'PROJECT_FAILED' }));
    expect(readdirSync(outside)).toEqual([]);
    expect(readdirSync(source)).toEqual(['file']);
  });

  it('makes no folder through a link either', () => {
    const { root, outside } = makePlaces();
    symlinkSync(outside, join(root, 'shop'));
    expect(() => makeFolderBelow(root, 'shop/api')).toThrow(expect.objectContaining({ code: 'PROJECT_FAILED' }));
    expect(readdirSync(outside)).toEqual([]);
  });

  it('writes over nothing', () => {
    const { source, root } = makePlaces();
    mkdirSync(join(root, 'shop'));
    writeFileSync(join(root, 'shop', 'theirs'), 'theirs');
    expect(() => placeFolder(source, root, 'shop')).toThrow(expect.objectContaining({ code: 'PROJECT_FAILED' }));
    writeFileSync(join(root, 'file'), '');
    expect(() => placeFolder(source, root, 'file')).toThrow(expect.objectContaining({ code: 'PROJECT_FAILED' }));
    expect(readdirSync(join(root, 'shop'))).toEqual(['theirs']);
  });
});
