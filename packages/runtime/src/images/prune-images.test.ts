import { mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PruneOptions, planPrune } from './prune-images.ts';
import { openBlobCache } from './pull/blob-cache.ts';
import { type ImageStore, openStore } from './store.ts';
import type { ImageRecord } from './types.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.UTC(2025, 5, 1);
const layer = (digit: string): string => `sha256:${digit.repeat(64)}`;
let folder = '';
let store: ImageStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prune-'));
  store = openStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An image that was last used so many days ago. */
function add(name: string, layers: readonly string[], ageDays: number, isPulled = true): void {
  for (const digest of layers) mkdirSync(store.layerFolder(digest), { recursive: true });
  const layerBytes = layers.map(() => 100);
  const origin = { reference: name, from: 'r', platform: 'linux/amd64', diffIds: layers, layers, layerBytes };
  const sizeBytes = 100 * layers.length;
  store.write({
    format: 1,
    name,
    digest: layer('d'),
    layers,
    sizeBytes,
    ...(isPulled ? { origin } : {}),
  } as unknown as ImageRecord);
  const usedAt = (now - ageDays * day) / 1000;
  utimesSync(join(store.folder, 'records', `${name}.json`), usedAt, usedAt);
}

/** The images that go, each with the digits of its layers that go. */
function plan(change: Partial<PruneOptions> = {}): Record<string, string> {
  const blobs = openBlobCache(join(folder, 'cache'));
  const idMap = { mode: 'root', uids: [], gids: [] } as const;
  const { images } = planPrune({ store, blobs, idMap, usedLayers: [], olderThanMs: 30 * day, now, ...change });
  return Object.fromEntries(
    images.map(({ record, layers }) => [record.name, layers.map((digest) => digest.at(-1)).join('')]),
  );
}

describe('a clean-up of images', () => {
  it('takes what was not used for the time given', () => {
    add('old', [layer('1')], 31);
    add('new', [layer('2')], 29);
    expect(plan()).toEqual({ old: '1' });
    expect(plan({ olderThanMs: 0 })).toEqual({ old: '1', new: '2' });
  });

  it('leaves what a workspace was made from', () => {
    add('old', [layer('1'), layer('2')], 31);
    expect(plan({ usedLayers: [layer('2')] })).toEqual({});
  });

  it('leaves layers that another image has', () => {
    add('a', [layer('1'), layer('2')], 31);
    add('b', [layer('1'), layer('3')], 1);
    expect(plan()).toEqual({ a: '2' });
    expect(plan({ olderThanMs: 0 })).toEqual({ a: '12', b: '3' });
  });

  it('leaves the base as long as an image lies on it', () => {
    add('base', [layer('1')], 31, false);
    add('python', [layer('1'), layer('2')], 1, false);
    expect(plan()).toEqual({});
    expect(plan({ olderThanMs: 0 })).toEqual({ base: '', python: '12' });
  });

  it('is not misled by a clock that was set back', () => {
    add('future', [layer('1')], -400);
    expect(plan()).toEqual({});
  });
});
