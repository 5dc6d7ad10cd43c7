import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../workspace-view.ts';
import { listBrowsers, openBrowser } from './open-browser.ts';

describe('browsers', () => {
  it.each([
    ['linux', {}, []],
    ['linux', { DISPLAY: ':0' }, [['xdg-open']]],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0', BROWSER: 'lynx:firefox %s' }, [['lynx'], ['firefox'], ['xdg-open']]],
    ['linux', { WSL_DISTRO_NAME: 'Debian' }, [['wslview']]],
    ['linux', { BROWSER: '/editor/helper.sh --new-tab' }, [['/editor/helper.sh', '--new-tab']]],
    ['darwin', {}, [['open']]],
  ] as const)('on %s with %j', (platform, env, expected) => {
    expect(listBrowsers(platform, env)).toEqual(expected);
  });
});

describe('opening an address', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'devstead-browser-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** For programs that end: as long as the machine needs. */
  const patient = 600_000;

  const makeProgram = (name: string, script: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  it('gives it to the first program that can, and no shell reads it', async () => {
    const said = join(folder, 'said');
    const address = 'http://127.0.0.1:20001/$(touch nothing);x?a=1&b=2';
    makeProgram('broken', 'exit 3');
    makeProgram('good', `printf '%s|' "$@" > ${said}`);
    const env = { PATH: `${folder}:/bin:/usr/bin` };
    expect(await openBrowser([['absent'], ['broken'], ['good', '--tab'], ['never']], address, env, patient)).toBe(true);
    expect(readFileSync(said, 'utf8')).toBe(`--tab|${address}|`);
    expect(existsSync('nothing')).toBe(false);
  });

  it('says when there is none', async () => {
    expect(await openBrowser([], 'http://127.0.0.1:1', {})).toBe(false);
    const broken = makeProgram('broken', 'exit 1');
    expect(await openBrowser([[broken]], 'http://127.0.0.1:1', { PATH: '/bin' }, patient)).toBe(false);
  });

  it('does not wait for a browser that stays', async () => {
    const stays = makeProgram('stays', `while [ -e ${folder} ]; do sleep 0.1; done`);
    expect(await openBrowser([[stays]], 'http://127.0.0.1:1', { PATH: '/bin:/usr/bin' }, 50)).toBe(true);
  });
});

describe('an address', () => {
  it.each([
    [undefined, ''],
    ['/start', '/start'],
    ['start', '/start'],
    ['@evil.example/', '/@evil.example/'],
    ['.evil.example', '/.evil.example'],
    ['//evil.example', '//evil.example'],
  ])('leads to this machine with the path %j', (path, expected) => {
    const address = addressOf({ protocol: 'http', ...(path === undefined ? {} : { path }) }, 20_001);
    expect(address).toBe(`http://127.0.0.1:20001${expected}`);
    expect(new URL(address).host).toBe('127.0.0.1:20001');
  });
});
