import { describe, expect, it } from 'vitest';
import { readContextAddress } from './context-address.ts';

describe('the address of a context', () => {
  it.each([
    ['/work/app', { type: 'folder', folder: '/work/app' }],
    ['docker-image://team/base:1', { type: 'image', reference: 'team/base:1' }],
    ['https://git.test/a/b.git', { type: 'git', address: 'https://git.test/a/b.git', subfolder: '.' }],
    [
      'https://git.test/a/b.git#v1:docker/web',
      { type: 'git', address: 'https://git.test/a/b.git', revision: 'v1', subfolder: 'docker/web' },
    ],
    ['git@git.test:a/b#:web', { type: 'git', address: 'git@git.test:a/b', subfolder: 'web' }],
    ['github.com/a/b#main', { type: 'git', address: 'https://github.com/a/b', revision: 'main', subfolder: '.' }],
  ])('%s', (text, expected) => {
    expect(readContextAddress(text)).toEqual(expected);
  });

  it.each(['https://files.test/app.tar.gz', 'oci-layout:///x', 'relative', 'service:gone', 'file:///etc'])(
    'is not %s',
    (text) => {
      expect(() => readContextAddress(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    },
  );
});
