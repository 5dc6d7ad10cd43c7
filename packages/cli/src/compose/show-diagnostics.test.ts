import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '@devstead/devfile/limits';
import { FakeIo } from '@devstead/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { showDiagnostics } from './show-diagnostics.ts';

describe('showDiagnostics', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'devstead-show-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const show = (line: number): string => {
    const io = new FakeIo({ cwd: folder });
    const at = { file: 'long.yaml', line, column: 1, endColumn: 2 };
    return showDiagnostics(io, [{ code: 'compose.too-large', severity: 'error', message: 'x', ...at }], io.stderr);
  };

  it('has the line, as far as a file is read', () => {
    writeFileSync(join(folder, 'long.yaml'), `first\n${'\n'.repeat(limits.bytes)}last\n`);
    expect(show(1)).toContain('first');
    expect(show(limits.bytes + 2)).not.toContain('last');
  });
});
