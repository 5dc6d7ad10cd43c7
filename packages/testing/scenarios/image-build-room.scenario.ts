import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import type { Finished } from '../src/run-devstead.ts';
import { useHome } from '../src/use-home.ts';

const isRoot = userInfo().uid === 0;
const dockerfile = 'FROM scratch\nCOPY ldconfig /ldconfig\nRUN ["/ldconfig", "--version"]\nCOPY data /data\n';
const mebibyte = 2 ** 20;

interface Freed {
  readonly images: readonly { readonly freedBytes: number }[];
  readonly freedBytes: number;
  readonly keptBuildCacheBytes: number;
}

describe.skipIf(!isRoot)(`builds on a small disk${isRoot ? '' : ' (skipped: needs root, to mount one)'}`, () => {
  const home = useHome();
  let folder = '';
  let disk = '';
  beforeAll(() => {
    disk = join(home().root, 'disk');
    folder = join(home().projects, 'app');
    for (const path of [disk, folder]) mkdirSync(path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m,mode=700', 'tmpfs', disk]);
    copyFileSync('/sbin/ldconfig', join(folder, 'ldconfig'));
    writeFileSync(join(folder, 'Dockerfile'), dockerfile);
  });
  afterAll(() => {
    if (disk !== '') execFileSync('umount', ['--lazy', disk]);
  });
  /** With a state folder of its own on that disk. */
  const build = (state: string, dataMebibytes: number, ...words: readonly string[]): Promise<Finished> => {
    writeFileSync(join(folder, 'data'), Buffer.alloc(dataMebibytes * mebibyte));
    return home().run(['image', 'build', '-t', 'small', '--output', 'json', ...words, '.'], {
      cwd: folder,
      env: { DEVSTEAD_HOME: join(disk, state), DEVSTEAD_IMAGES_BUILD_CACHE: '4Mi' },
    });
  };
  const digest = ({ stdout }: Finished): string | undefined =>
    (JSON.parse(stdout) as { images?: { digest: string }[] }).images?.[0]?.digest;

  it.each([
    ['the context', 45],
    ['a layer', 18],
  ])('must end when %s does not fit, and leave nothing', async (_name, size) => {
    const before = takeInventory(home());
    const { code, stdout } = await build('a', size);
    expect([code, JSON.parse(stdout)]).toEqual([4, expect.objectContaining({ code: 'MACHINE_LACKS' })]);
    expect(await findRemains(home(), before)).toEqual([]);
    expect(readdirSync(join(disk, 'a/images/building'))).toEqual([]);
  });

  it('must give the same image from the same files each time, on every machine', async () => {
    const first = digest(await build('a', 1));
    expect(first).toMatch(/^sha256:/);
    expect(digest(await build('a', 1, '--no-cache'))).toBe(first);
    // The state folder of somebody else.
    expect(digest(await build('b', 1))).toBe(first);
  });

  it('must keep no more for later builds than it may', async () => {
    const { stderr } = await build('a', 5);
    expect(stderr).toContain('images.buildCache');
    const { stdout } = await home().runWell(['image', 'prune', '--build-cache', '--output', 'json'], {
      env: { DEVSTEAD_HOME: join(disk, 'a') },
    });
    expect(JSON.parse(stdout)).toMatchObject({ buildCacheBytes: expect.any(Number), keptBuildCacheBytes: 0 });
    expect((await build('a', 1)).code).toBe(0);
  });

  it('must say what a clean-up frees where the image and later builds share files', async () => {
    const prune = async (...words: readonly string[]): Promise<Freed> => {
      const argv = ['image', 'prune', '--older-than', '0', '--output', 'json', ...words];
      const { stdout } = await home().runWell(argv, { env: { DEVSTEAD_HOME: join(disk, 'b') } });
      return JSON.parse(stdout) as Freed;
    };
    const used = (): number => {
      const { blocks, bfree, bsize } = statfsSync(disk);
      return (blocks - bfree) * bsize;
    };
    const alone = await prune('--dry-run');
    expect(alone).toMatchObject({ images: [{ freedBytes: 0 }], freedBytes: 0 });
    expect(alone.keptBuildCacheBytes).toBeGreaterThan(mebibyte);
    const before = used();
    const { freedBytes } = await prune('--build-cache');
    expect(freedBytes).toBe(alone.keptBuildCacheBytes);
    expect(Math.abs(before - used() - freedBytes)).toBeLessThan(mebibyte / 4);
  });
});
