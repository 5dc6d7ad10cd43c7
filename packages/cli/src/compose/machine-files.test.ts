import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machineFiles } from './machine-files.ts';

describe('machineFiles', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'devstead-files-'));
    writeFileSync(join(folder, 'file'), 'text');
    symlinkSync('file', join(folder, 'link'));
    symlinkSync('circle', join(folder, 'circle'));
    symlinkSync('nowhere', join(folder, 'dangling'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['file', { kind: 'file', text: 'text' }],
    ['link', { kind: 'file', text: 'text' }],
    ['.', { kind: 'folder' }],
    ['nothing', { kind: 'absent' }],
    ['file/below', { kind: 'absent' }],
    ['dangling', { kind: 'absent' }],
    ['circle', { kind: 'unreadable', reason: expect.stringContaining('ELOOP') }],
    ['n'.repeat(300), { kind: 'unreadable', reason: expect.stringContaining('ENAMETOOLONG') }],
    ['with\0zero', { kind: 'unreadable', reason: expect.stringContaining('null bytes') }],
  ])('%j', (name, expected) => {
    expect(machineFiles.find(join(folder, name))).toEqual(expected);
  });

  it('has no text of a device', () => {
    expect(machineFiles.find('/dev/zero')).toEqual({ kind: 'unreadable', reason: 'it is no file' });
  });
});
