import { describe, expect, it } from 'vitest';
import { lastName, meansContent, parsePlace } from './copy-place.ts';

describe('a place to copy from or to', () => {
  it.each([
    ['dev:/tmp/a b', { kind: 'container', container: 'dev', path: '/tmp/a b' }],
    ['dev:', { kind: 'container', container: 'dev', path: '.' }],
    ['my_db.1:/a', { kind: 'container', container: 'my_db.1', path: '/a' }],
    ['dev:a:b', { kind: 'container', container: 'dev', path: 'a:b' }],
    ['./dev:a', { kind: 'machine', path: './dev:a' }],
    ['/tmp/dev:a', { kind: 'machine', path: '/tmp/dev:a' }],
    ['C:/a', { kind: 'machine', path: 'C:/a' }],
    ['file', { kind: 'machine', path: 'file' }],
  ])('%s', (text, place) => {
    expect(parsePlace(text)).toEqual(place);
  });

  it('has a last name, and may mean what is in it', () => {
    expect(['a/b/', 'a/b/.', '/b', 'b'].map(lastName)).toEqual(['b', 'b', 'b', 'b']);
    expect(lastName('/')).toBe('');
    expect(['a/.', '.', 'a/', 'a.', '..'].map(meansContent)).toEqual([true, true, false, false, false]);
  });
});
