import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ImageStore, openStore } from './store.ts';
import type { ImageRecord } from './types.ts';

const config = {
  user: '0:0',
  env: {},
  entrypoint: [],
  command: [],
  workingDir: '/',
  ports: [],
  volumes: [],
  stopSignal: 'SIGTERM',
};
const layer = (digit: string): string => `sha256:${digit.repeat(64)}`;
const recordOf = (name: string, layers: readonly string[]): ImageRecord => ({
  format: 1,
  name,
  digest: layer('d'),
  layers,
  config,
  packages: [],
  recipeDigest: layer('e'),
  sizeBytes: 1,
  createdAt: '2023-01-01T00:00:00.000Z',
});
const removeOptions = { idMap: { mode: 'root', uids: [], gids: [] }, usedLayers: [layer('b')] } as const;

let folder: string;
let store: ImageStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  store = openStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the image store', () => {
  it('lists the images that have all their layers', () => {
    mkdirSync(store.layerFolder(layer('a')));
    store.write(recordOf('base', [layer('a')]));
    store.write(recordOf('other', [layer('a'), layer('b')]));
    expect(store.list().map((record) => record.name)).toEqual(['base']);
    expect(store.read('other')).toBeUndefined();
    mkdirSync(store.layerFolder(layer('b')));
    expect(openStore(folder).list()).toEqual([
      recordOf('base', [layer('a')]),
      recordOf('other', [layer('a'), layer('b')]),
    ]);
    expect(readdirSync(join(store.folder, 'records')).sort()).toEqual(['base.json', 'other.json']);
  });

  it('lets the sandbox pass, in a state folder closed to others', () => {
    const inner = join(folder, 'new', 'state');
    const opened = openStore(inner);
    expect(statSync(inner).mode & 0o777).toBe(0o700);
    expect(statSync(opened.folder).mode & 0o055).toBe(0o055);
  });

  it.each(['../records/base', 'a/b', '', '.', 'A', 'base.json'])('has no image named %j', (name) => {
    mkdirSync(store.layerFolder(layer('a')));
    store.write(recordOf('base', [layer('a')]));
    expect(store.read(name)).toBeUndefined();
  });

  it('refuses a store of a newer format, and a damaged record', () => {
    writeFileSync(join(store.folder, 'records', 'base.json'), '{');
    expect(() => store.read('base')).toThrow(expect.objectContaining({ code: 'STATE_DAMAGED' }));
    writeFileSync(join(store.folder, 'format.json'), '{"format": 99}');
    expect(() => openStore(folder)).toThrow(expect.objectContaining({ code: 'STATE_TOO_NEW' }));
  });

  it('does not remove an image in use, nor one that is not there', async () => {
    mkdirSync(store.layerFolder(layer('a')));
    mkdirSync(store.layerFolder(layer('b')));
    store.write(recordOf('other', [layer('a'), layer('b')]));
    await expect(store.remove('other', removeOptions)).rejects.toMatchObject({ code: 'USAGE' });
    await expect(store.remove('none', removeOptions)).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
    expect(store.read('other')).toBeDefined();
  });
});
