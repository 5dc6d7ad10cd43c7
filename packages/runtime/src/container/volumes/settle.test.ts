import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const script = fileURLToPath(new URL('./settle.pl', import.meta.url));

/** A folder with a volume in it that holds these files. */
function makeVolume(files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'devstead-settle-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'data'));
  for (const file of files) {
    mkdirSync(join(folder, 'data', dirname(file)), { recursive: true });
    writeFileSync(join(folder, 'data', file), file);
  }
  return folder;
}

function run(folder: string, task: 'settle' | 'replace'): string[] {
  execFileSync('perl', [script, task], { cwd: folder });
  return readdirSync(join(folder, 'data')).sort();
}

describe('the content of a volume', () => {
  it('is replaced by what was gathered, with the attributes of its folder', () => {
    const folder = makeVolume(['old', '.hidden/old', '.devstead-restoring/new', '.devstead-restoring/.dot/new']);
    execFileSync('chmod', ['0750', join(folder, 'data/.devstead-restoring')]);
    execFileSync('touch', ['-d', '2020-02-02', join(folder, 'data/.devstead-restoring')]);
    expect(run(folder, 'replace')).toEqual(['.dot', 'new']);
    expect(statSync(join(folder, 'data')).mode & 0o7777).toBe(0o750);
    expect(statSync(join(folder, 'data')).mtime.getUTCFullYear()).toBe(2020);
  });

  it('stays as it was when the gathering was cut off', () => {
    const folder = makeVolume(['old', '.devstead-restoring/half']);
    expect(run(folder, 'settle')).toEqual(['old']);
  });

  it.each([
    ['the new content is whole', ['old', 'same', '.devstead-restored/new', '.devstead-restored/same']],
    [
      'the old one is on its way',
      ['same', '.devstead-replaced/old', '.devstead-restored/new', '.devstead-restored/same'],
    ],
    [
      'the new one is on its way',
      ['same', '.devstead-replaced/old', '.devstead-replaced/same', '.devstead-placing/new'],
    ],
    ['nothing is left to move', ['new', 'same', '.devstead-replaced/old', '.devstead-placing/.gone']],
  ])('is settled when it was cut off and %s', (_when, files) => {
    const folder = makeVolume(files);
    rmSync(join(folder, 'data/.devstead-placing/.gone'), { force: true });
    expect(run(folder, 'settle')).toEqual(['new', 'same']);
    expect(readFileSync(join(folder, 'data/new'), 'utf8')).toContain('new');
    expect(run(folder, 'settle')).toEqual(['new', 'same']);
  });

  it('keeps one of no new content alone', () => {
    expect(run(makeVolume(['old']), 'settle')).toEqual(['old']);
  });
});
