import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeIo } from '@devstead/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askPip, findUpstream } from './find-upstream.ts';

describe('where the mirror gets packages from', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'devstead-upstream-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const makeIo = (env: Readonly<Record<string, string>> = {}): FakeIo =>
    new FakeIo({ cwd: home, env: { HOME: home, DEVSTEAD_HOME: join(home, 'state'), ...env } });
  const find = (env: Readonly<Record<string, string>>): string | undefined =>
    findUpstream(makeIo(env), { host: '127.0.0.1', port: 3141 });
  /** A Python whose pip prints this when it is asked for help, and fails when it is asked for anything else. */
  const makePython = (help: string): FakeIo => {
    writeFileSync(join(home, 'python3'), `#!/bin/sh\n[ "$*" = "-m pip install --help" ] || exit 1\necho '${help}'\n`);
    chmodSync(join(home, 'python3'), 0o755);
    return makeIo({ PATH: `${home}:/usr/bin:/bin` });
  };

  it('is what pip is set to by its files, what its variable says before that, and what is configured before all', () => {
    mkdirSync(join(home, '.pip'));
    writeFileSync(join(home, '.pip/pip.conf'), '[global]\nindex-url = https://set.example.com/simple/\n');
    expect(find({})).toBe('https://set.example.com/simple/');
    expect(find({ PIP_INDEX_URL: 'https://env.example.com/' })).toBe('https://env.example.com/');
    const configured = {
      PIP_INDEX_URL: 'https://env.example.com/',
      DEVSTEAD_INDEX_UPSTREAM: 'https://own.example.com',
    };
    expect(find(configured)).toBe('https://own.example.com');
  });

  it('is never the server itself, to which clients may be pointed already', () => {
    expect(find({ PIP_INDEX_URL: 'http://127.0.0.1:3141/root/stable/+simple/' })).toBeUndefined();
    expect(find({ PIP_INDEX_URL: 'http://127.0.0.1:3142/simple/' })).toBe('http://127.0.0.1:3142/simple/');
  });

  it('is what pip has by itself, where that can be asked', async () => {
    const help = '  -i, --index-url <url>  Base URL of the index (default https://own.example.com/simple). More.';
    expect(await askPip(makePython(help))).toBe('https://own.example.com/simple');
    expect(await askPip(makePython('no such option'))).toBeUndefined();
  });
});
