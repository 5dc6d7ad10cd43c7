import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSystemError } from './system-error.ts';

describe('readSystemError', () => {
  it('turns a refusal of the system into MACHINE_LACKS that names the path', () => {
    const refused = Object.assign(new Error('x'), { code: 'ENOSPC', path: '/data/x', syscall: 'write' });
    const error = readSystemError(refused);
    expect(error?.code).toBe('MACHINE_LACKS');
    expect(error?.message).toContain('/data/x');
    expect(error?.cause).toBe(refused);
  });

  it('knows the errors that Node really gives', () => {
    const file = fileURLToPath(import.meta.url);
    let caught: unknown;
    try {
      mkdirSync(join(file, 'below'));
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code: 'ENOTDIR' });
    expect(readSystemError(caught)).toBeUndefined();
  });

  it('leaves every other error alone', () => {
    expect(readSystemError(new Error('fault'))).toBeUndefined();
    expect(readSystemError('text')).toBeUndefined();
  });
});
