import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isComposeFile } from './find-compose-file.ts';

describe('isComposeFile', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'devstead-find-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['compose.prod.yml', '', true],
    ['docker-compose.yaml', '', true],
    ['shop.yaml', 'name: shop\nservices: {}\n', true],
    ['shop.yaml', 'schemaVersion: 2.2.0\nservices: {}\n', false],
    ['shop.txt', 'services: {}\n', false],
    ['a.devfile.yaml', 'services: {}\n', false],
  ])('%s with %j: %s', (name, text, expected) => {
    writeFileSync(join(folder, name), text);
    expect(isComposeFile(join(folder, name))).toBe(expected);
  });

  it('reads only the beginning of a file, however long', () => {
    const file = join(folder, 'long.yaml');
    writeFileSync(file, 'services: {}\n');
    truncateSync(file, 3 * 2 ** 30);
    expect(isComposeFile(file)).toBe(true);
  });
});
