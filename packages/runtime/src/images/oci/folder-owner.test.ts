import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeTemporaryFolder } from '../../state/temporary-folder.fixture.ts';
import { findFolder } from './folder-owner.ts';

function makeLayers(): [string, string] {
  const folder = makeTemporaryFolder();
  const layers: [string, string] = [join(folder, 'lower'), join(folder, 'upper')];
  for (const layer of layers) mkdirSync(join(layer, 'var/lib'), { recursive: true });
  return layers;
}

it('finds a folder in the highest layer that has it', () => {
  const [lower, upper] = makeLayers();
  mkdirSync(join(lower, 'var/lib/data'));
  expect(findFolder('/var/lib/data', [lower, upper])?.ino).toBe(statSync(join(lower, 'var/lib/data')).ino);
  mkdirSync(join(upper, 'var/lib/data'));
  expect(findFolder('/var/lib/data/', [lower, upper])?.ino).toBe(statSync(join(upper, 'var/lib/data')).ino);
});

it('finds nothing where none is, or something else stands', () => {
  const [lower, upper] = makeLayers();
  expect(findFolder('/var/lib/data', [lower, upper])).toBeUndefined();
  mkdirSync(join(lower, 'var/lib/data'));
  writeFileSync(join(upper, 'var/lib/data'), '');
  expect(findFolder('/var/lib/data', [lower, upper])).toBeUndefined();
});

it('follows no link, and does not leave the layers', () => {
  const [lower, upper] = makeLayers();
  symlinkSync('/etc', join(lower, 'var/lib/data'));
  expect(findFolder('/var/lib/data', [lower, upper])).toBeUndefined();
  expect(findFolder('/var/lib/data/ssl', [lower, upper])).toBeUndefined();
  expect(findFolder('/../lower/var', [lower, upper])).toBeUndefined();
});
