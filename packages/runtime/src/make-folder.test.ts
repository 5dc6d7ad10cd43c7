import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

describe('makeFolder', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'devstead-make-folder-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('makes a folder and those above it, and is content when it is there', () => {
    const path = join(root, 'a/b/c');
    makeFolder(path, 0o700);
    makeFolder(path, 0o700);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('is MACHINE_LACKS where no folder can be made', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => makeFolder(join(root, 'file/below'), 0o700)).toThrow(
      expect.objectContaining({ code: 'MACHINE_LACKS' }),
    );
    expect(() => makeFolder('/proc/no-such-folder', 0o700)).toThrow(expect.objectContaining({ code: 'MACHINE_LACKS' }));
  });
});
