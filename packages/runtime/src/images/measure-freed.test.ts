import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProcess } from '../process/run-process.ts';
import { measureFreed } from './measure-freed.ts';

/** Folders with files of ten bytes; files of one name are links of one file. */
function makeFolders(folders: Readonly<Record<string, readonly string[]>>): string {
  const root = mkdtempSync(join(tmpdir(), 'devstead-freed-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const first = new Map<string, string>();
  for (const [folder, names] of Object.entries(folders)) {
    mkdirSync(join(root, folder, 'in it'), { recursive: true });
    for (const name of names) {
      const path = join(root, folder, 'in it', name);
      const known = first.get(name);
      if (known !== undefined) linkSync(known, path);
      else writeFileSync(path, '0123456789');
      first.set(name, known ?? path);
    }
  }
  return root;
}

const run = async (argv: readonly string[]): Promise<string> => (await runProcess(argv)).stdout;

describe('the bytes that go with folders', () => {
  it('are those of files that no folder that stays has', async () => {
    const root = makeFolders({ a: ['one', 'shared', 'kept'], b: ['two', 'shared'], stays: ['kept', 'three'] });
    const groups = [[join(root, 'a')], [join(root, 'b')]];
    expect(await measureFreed(run, groups)).toEqual([10, 20]);
    expect(await measureFreed(run, groups.slice(0, 1))).toEqual([10]);
  });

  it('count once for links in one group, and for none where nothing goes', async () => {
    const root = makeFolders({ a: ['one'], b: ['one'] });
    expect(await measureFreed(run, [[], [join(root, 'a'), join(root, 'b')], [join(root, 'gone')]])).toEqual([0, 10, 0]);
    expect(await measureFreed(run, [[], []])).toEqual([0, 0]);
  });
});
