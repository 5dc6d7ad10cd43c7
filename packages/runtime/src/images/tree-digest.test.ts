import {
  chmodSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOrThrow } from '../process/run-process.ts';
import { digestCommand } from './tree-digest.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tree-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const digestOf = async (tree: string): Promise<string> => (await runOrThrow(digestCommand(tree), 'digest')).trim();

const parts: ReadonlyArray<(at: (name: string) => string) => void> = [
  (at) => writeFileSync(at('a'), 'text', { mode: 0o644 }),
  (at) => writeFileSync(at('b'), '', { mode: 0o755 }),
  (at) => symlinkSync('a', at('link')),
  (at) => mkdirSync(at('sub')),
];

/** Makes a tree of equal content; the order in which its entries come to be is the caller's. */
function makeTree(name: string, order: readonly number[], change?: (at: (name: string) => string) => void): string {
  const tree = join(folder, name);
  mkdirSync(tree, { mode: 0o755 });
  const at = (entry: string): string => join(tree, entry);
  for (const index of order) parts[index]?.(at);
  linkSync(at('a'), at('z'));
  change?.(at);
  for (const entry of readdirSync(tree)) lutimesSync(at(entry), 1000, 1000);
  utimesSync(tree, 1000, 1000);
  return tree;
}

describe('the digest of a tree', () => {
  it('does not depend on the order in which it was made, nor on when it was read', async () => {
    const one = await digestOf(makeTree('one', [0, 1, 2, 3]));
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    const two = makeTree('two', [3, 2, 1, 0]);
    utimesSync(join(two, 'a'), 2000, 1000);
    expect(await digestOf(two)).toBe(one);
  });

  it('changes with content, mode, link, kind, name and time', async () => {
    const changes: ReadonlyArray<(at: (name: string) => string) => void> = [
      () => undefined,
      (at) => writeFileSync(at('a'), 'TEXT'),
      (at) => chmodSync(at('b'), 0o744),
      (at) => (rmSync(at('link')), symlinkSync('b', at('link'))),
      (at) => (rmSync(at('b')), mkdirSync(at('b'))),
      (at) => writeFileSync(at('new'), ''),
      (at) => (rmSync(at('z')), writeFileSync(at('z'), 'text', { mode: 0o644 })),
    ];
    const digests = [];
    for (const [index, change] of changes.entries()) {
      digests.push(await digestOf(makeTree(`change-${index}`, [0, 1, 2, 3], change)));
    }
    const later = makeTree('later', [0, 1, 2, 3]);
    utimesSync(join(later, 'a'), 1000, 1001);
    digests.push(await digestOf(later));
    expect(new Set(digests).size).toBe(changes.length + 1);
  });

  it('fails for a folder that is not there', async () => {
    await expect(digestOf(join(folder, 'none'))).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
