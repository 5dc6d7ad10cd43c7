import { userInfo } from 'node:os';
import { join } from 'node:path';
import { FakeIo } from '@devstead/testing';
import { describe, expect, it } from 'vitest';
import { readFolders } from './settings.ts';

describe('readFolders', () => {
  const read = (env: Readonly<Record<string, string>>) => readFolders(new FakeIo({ cwd: '/project', env }));
  const below = (home: string) => ({
    home,
    state: join(home, '.local/share/devstead'),
    cache: join(home, '.cache/devstead'),
    configuration: join(home, '.config/devstead'),
  });

  it('lie below HOME', () => {
    expect(read({ HOME: '/home/a' })).toEqual(below('/home/a'));
  });

  it.each([
    ['is not set', {}],
    ['is empty', { HOME: '' }],
    ['is relative', { HOME: 'home' }],
  ])('lie below the home of the account where HOME %s', (_, env: Readonly<Record<string, string>>) => {
    expect(read(env)).toEqual(below(userInfo().homedir));
  });

  it.each([
    ['XDG_DATA_HOME', 'state'],
    ['XDG_CACHE_HOME', 'cache'],
    ['XDG_CONFIG_HOME', 'configuration'],
  ])('%s moves one, unless it is relative', (name, part) => {
    expect(read({ HOME: '/home/a', [name]: '/other' })).toEqual({ ...below('/home/a'), [part]: '/other/devstead' });
    for (const other of ['', 'other']) expect(read({ HOME: '/home/a', [name]: other })).toEqual(below('/home/a'));
  });

  it('DEVSTEAD_HOME is the state folder', () => {
    expect(read({ HOME: '/home/a', DEVSTEAD_HOME: '/own' })).toEqual({ ...below('/home/a'), state: '/own' });
    expect(read({ HOME: '/home/a', DEVSTEAD_HOME: '' })).toEqual(below('/home/a'));
  });
});
