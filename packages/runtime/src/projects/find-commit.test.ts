import { describe, expect, it } from 'vitest';
import { findCommit } from './find-commit.ts';

const options = { gitEnv: {} };

describe('the commit of a revision', () => {
  it('is a commit that is named whole, of which nobody is asked', async () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    expect(await findCommit('https://git.invalid/shop', commit, options)).toBe(commit);
  });

  it.each([
    ['file:///etc', 'main', 'URL_REFUSED'],
    ['https://git.invalid/--upload-pack=id', 'main', 'URL_REFUSED'],
    ['https://git.invalid/shop', '--upload-pack=id', 'PROJECT_FAILED'],
    ['https://git.invalid/shop', 'main*', 'PROJECT_FAILED'],
    ['https://127.0.0.1:1/shop', 'main', 'PROJECT_FAILED'],
  ])('is not asked of %s by %s', async (address, revision, code) => {
    await expect(findCommit(address, revision, options)).rejects.toMatchObject({ code });
  });
});
