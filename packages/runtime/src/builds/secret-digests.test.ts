import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestSecrets } from './secret-digests.ts';

describe('digests of secrets', () => {
  const folders: string[] = [];
  const make = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'devstead-secrets-'));
    folders.push(folder);
    return folder;
  };
  let folder = '';
  beforeEach(() => {
    folder = make();
  });
  afterEach(() => {
    for (const one of folders.splice(0)) rmSync(one, { recursive: true });
  });
  const digest = (text: string, id = 'a', where = folder): string | undefined =>
    digestSecrets(where, [{ id, content: Buffer.from(text) }])[id];

  it('are the same for the same content only', () => {
    expect(digest('one')).toBe(digest('one'));
    expect(new Set([digest('one'), digest('two'), digest('one', 'b')]).size).toBe(3);
  });

  it('say nothing without the key, which is this store’s and the user’s alone', () => {
    expect(digest('one')).not.toBe(digest('one', 'a', make()));
    expect(digest('one')).not.toBe(createHash('sha256').update('a\0one').digest('hex'));
    expect(statSync(join(folder, 'secret-key')).mode & 0o777).toBe(0o600);
  });
});
