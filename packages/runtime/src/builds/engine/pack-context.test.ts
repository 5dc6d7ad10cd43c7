import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readContext } from '../context/read-context.ts';
import { packContext } from './pack-context.ts';

describe('the archive of a context', () => {
  const long = `deep/${'n'.repeat(120)}`;
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'devstead-pack-'));
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'grün'), 'a', { mode: 0o640 });
    writeFileSync(join(folder, long), 'x'.repeat(700));
    symlinkSync('grün', join(folder, 'link'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const tar = (input: Buffer, ...words: readonly string[]): string =>
    execFileSync('tar', words, {
      input,
      encoding: 'utf8',
      env: { LC_ALL: 'C.UTF-8', TZ: 'UTC', PATH: '/bin:/usr/bin' },
    });

  it('has files, folders and links of root, all of one time, and what is added', async () => {
    const added = [{ path: 'grün', content: 'other', mode: 0o644 }];
    const archive = await buffer(packContext(readContext(folder, {}), { epoch: 86_400, added }));
    const rows = tar(archive, '--list', '--verbose', '--numeric-owner', '--quoting-style=literal', '--file', '-')
      .trim()
      .split('\n');
    expect(rows.map((row) => row.replaceAll(/ +/g, ' '))).toEqual([
      'drwxr-xr-x 0/0 0 1970-01-02 00:00 deep/',
      'lrwxrwxrwx 0/0 0 1970-01-02 00:00 link -> grün',
      `-rw-r--r-- 0/0 700 1970-01-02 00:00 ${long}`,
      '-rw-r--r-- 0/0 5 1970-01-02 00:00 grün',
    ]);
    expect(tar(archive, '--extract', '--to-stdout', '--file', '-', 'grün')).toBe('other');
  });

  it('is none when a file became shorter meanwhile', async () => {
    const context = readContext(folder, {});
    truncateSync(join(folder, long), 10);
    await expect(buffer(packContext(context, { epoch: 0 }))).rejects.toMatchObject({ code: 'UNREADABLE_INPUT' });
  });
});
