import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../../state/temporary-folder.fixture.ts';
import { type BorrowedContext, KeptContexts } from './kept-contexts.ts';

const address = 'https://git.test/shop';
const commit = (digit: string): string => digit.repeat(40);

async function keep(kept: KeptContexts, digit: string, bytes = 100): Promise<BorrowedContext> {
  const folder = kept.nameNew();
  mkdirSync(join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'src/app'), 'a'.repeat(bytes));
  return kept.keep(address, commit(digit), folder);
}

describe('the files of commits that builds fetched', () => {
  it('are lent to later builds, of the same commit of the same repository', async () => {
    const kept = new KeptContexts(makeTemporaryFolder());
    const first = await keep(kept, '1');
    first.giveBack();
    expect((await kept.borrow(address, commit('1')))?.folder).toBe(first.folder);
    expect(await kept.borrow(address, commit('2'))).toBeUndefined();
    expect(await kept.borrow(`${address}2`, commit('1'))).toBeUndefined();
  });

  it.each([
    ['changed', (folder: string) => writeFileSync(join(folder, 'src/app'), 'other')],
    ['added to', (folder: string) => writeFileSync(join(folder, 'src/more'), '')],
    ['taken from', (folder: string) => rmSync(join(folder, 'src/app'))],
    ['of unknown origin', (folder: string) => rmSync(`${folder}.json`)],
  ])('are worth nothing once they were %s', async (_what, change) => {
    const kept = new KeptContexts(makeTemporaryFolder());
    const borrowed = await keep(kept, '1');
    borrowed.giveBack();
    const { folder } = borrowed;
    change(folder);
    expect(await kept.borrow(address, commit('1'))).toBeUndefined();
    expect(existsSync(folder)).toBe(false);
  });

  it('are those of the build that was quicker', async () => {
    const kept = new KeptContexts(makeTemporaryFolder());
    const [one, other] = await Promise.all([keep(kept, '1'), keep(kept, '1')]);
    expect(one.folder).toBe(other.folder);
    await kept.trim(0);
    one.giveBack();
    await kept.trim(0);
    expect(existsSync(other.folder)).toBe(true);
    other.giveBack();
    await kept.trim(0);
    expect(existsSync(other.folder)).toBe(false);
    expect(kept.measure()).toBe(0);
  });

  it('go in the order of their last use when they are too much', async () => {
    const kept = new KeptContexts(makeTemporaryFolder());
    const [a, b, c] = [await keep(kept, '1'), await keep(kept, '2'), await keep(kept, '3')];
    for (const [at, one] of [c, a, b].entries()) {
      one.giveBack();
      utimesSync(`${one.folder}.json`, at + 1, at + 1);
    }
    expect(kept.measure()).toBe(300);
    await kept.trim(250);
    expect([a, b, c].map(({ folder }) => existsSync(folder))).toEqual([true, true, false]);
    await kept.trim(300);
    expect(kept.measure()).toBe(200);
  });

  it('do not stay behind a build that was killed', async () => {
    const cache = makeTemporaryFolder();
    const kept = new KeptContexts(cache);
    const { folder } = await keep(kept, '1');
    const own = join(cache, 'contexts');
    const dead = (name: string): string => name.replace(/\.\d+-\d+$/, '.4194305-1');
    for (const name of readdirSync(own).filter((one) => one.startsWith('use-')))
      renameSync(join(own, name), join(own, dead(name)));
    mkdirSync(dead(kept.nameNew()));
    await kept.trim(0);
    expect([existsSync(folder), readdirSync(own)]).toEqual([false, ['lock']]);
  });
});
