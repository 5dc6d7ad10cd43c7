import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mergeItem } from '../copy/merge-item.ts';
import { OpenFolder } from './open-folder.ts';

describe('threat 15: a folder held open', () => {
  let root = '';
  let folder: OpenFolder;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'devstead-open-'));
    for (const name of ['place', 'victim']) mkdirSync(join(root, name));
    folder = OpenFolder.open(join(root, 'place'));
  });
  afterEach(() => {
    folder.close();
    rmSync(root, { recursive: true, force: true });
  });

  const swap = (): void => {
    renameSync(join(root, 'place'), join(root, 'moved'));
    symlinkSync(join(root, 'victim'), join(root, 'place'));
  };

  it('stays the folder it was when a link takes its place', () => {
    swap();
    const fd = folder.createFile('file', 0o600);
    writeSync(fd, 'text');
    closeSync(fd);
    folder.makeFolder('inner');
    expect(readFileSync(join(root, 'moved/file'), 'utf8')).toBe('text');
    expect(readdirSync(join(root, 'victim'))).toEqual([]);
    expect(folder.list().sort()).toEqual(['file', 'inner']);
  });

  it('follows no link that is put in the place of a folder or a file in it', () => {
    symlinkSync(join(root, 'victim'), join(root, 'place/link'));
    expect(() => folder.openFolder('link')).toThrow(/ENOTDIR|ELOOP/);
    expect(() => folder.createFile('link', 0o600)).toThrow(/EEXIST/);
    writeFileSync(join(root, 'victim/kept'), '');
    folder.remove('link');
    expect(readdirSync(join(root, 'victim'))).toEqual(['kept']);
  });

  it.each(['', '.', '..', 'a/b', 'a\0b'])('takes no name such as %j', (name) => {
    expect(() => folder.createFile(name, 0o600)).toThrow('one name');
    expect(() => folder.remove(name)).toThrow('one name');
  });

  it('removes a folder with all that is in it, links as links', () => {
    mkdirSync(join(root, 'place/a/b'), { recursive: true });
    writeFileSync(join(root, 'place/a/b/c'), '');
    writeFileSync(join(root, 'victim/kept'), '');
    symlinkSync(join(root, 'victim'), join(root, 'place/a/link'));
    folder.remove('a');
    folder.remove('absent');
    expect(folder.list()).toEqual([]);
    expect(existsSync(join(root, 'victim/kept'))).toBe(true);
  });

  it('is merged into without following links, and not at all when something does not fit', () => {
    const from = OpenFolder.open(root);
    mkdirSync(join(root, 'item/sub'), { recursive: true });
    writeFileSync(join(root, 'item/a'), 'new');
    writeFileSync(join(root, 'item/sub/b'), 'new');
    mkdirSync(join(root, 'place/item'));
    writeFileSync(join(root, 'place/item/a'), 'old');
    symlinkSync(join(root, 'victim'), join(root, 'place/item/sub'));
    const failure = expect.objectContaining({ code: 'COPY_FAILED' });
    expect(() => mergeItem(from, 'item', folder, 'item')).toThrow(failure);
    expect(readFileSync(join(root, 'place/item/a'), 'utf8')).toBe('old');
    rmSync(join(root, 'place/item/sub'));
    // A file that is a link is replaced, not written through.
    rmSync(join(root, 'place/item/a'));
    writeFileSync(join(root, 'victim/a'), 'kept');
    symlinkSync(join(root, 'victim/a'), join(root, 'place/item/a'));
    mergeItem(from, 'item', folder, 'item');
    expect(readFileSync(join(root, 'place/item/a'), 'utf8')).toBe('new');
    expect(readFileSync(join(root, 'place/item/sub/b'), 'utf8')).toBe('new');
    expect(readFileSync(join(root, 'victim/a'), 'utf8')).toBe('kept');
    from.close();
  });
});
