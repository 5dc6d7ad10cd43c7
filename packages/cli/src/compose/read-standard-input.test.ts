import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '@devstead/devfile/limits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('a compose file on standard input', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'devstead-input-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** How long the text is that two requests in one process have of it. */
  function readTwice(text: string): unknown {
    const program = `
      import { toRequest } from ${JSON.stringify(new URL('project-options.ts', import.meta.url).href)};
      const read = () => toRequest({ cwd: '/', env: {} }, { file: ['-'] }).standardInput.length;
      console.log(JSON.stringify([read(), read()]));`;
    const file = join(folder, 'input');
    writeFileSync(file, text);
    const input = openSync(file, 'r');
    try {
      const words = ['--input-type=module', '--eval', program];
      const { stdout } = spawnSync(process.execPath, words, { stdio: [input, 'pipe', 'inherit'], encoding: 'utf8' });
      return JSON.parse(stdout);
    } finally {
      closeSync(input);
    }
  }

  it('is there for everybody who asks', () => {
    expect(readTwice('services: {}\n')).toEqual([13, 13]);
  });

  it('is read no further than a file may be long', () => {
    const allowed = limits.bytes + 1;
    expect(readTwice('x'.repeat(allowed + 100_000))).toEqual([allowed, allowed]);
  });
});
