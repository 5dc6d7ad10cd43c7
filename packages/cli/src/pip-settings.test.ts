import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FakeIo } from '@devstead/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePipConfig, readPipSettings } from './pip-settings.ts';

describe('a pip.conf', () => {
  it('gives the variables that stand for its settings, [install] over [global]', () => {
    const text = [
      '# a comment',
      '[global]',
      'index-url = https://one.example/simple',
      'Timeout: 20',
      'cert = /x.pem',
      'extra_index_url =',
      '    https://two.example/simple',
      '  ; not this',
      '    https://three.example/simple',
      '[freeze]',
      'timeout = 99',
      '[install]',
      '--index-url = https://four.example/simple',
      'trusted-host = four.example',
    ].join('\n');
    expect(Object.fromEntries(parsePipConfig(text))).toEqual({
      PIP_INDEX_URL: 'https://four.example/simple',
      PIP_DEFAULT_TIMEOUT: '20',
      PIP_EXTRA_INDEX_URL: 'https://two.example/simple https://three.example/simple',
      PIP_TRUSTED_HOST: 'four.example',
    });
  });

  it.each(['', '[global', 'index-url = x', '[global]\n= x\n', '\u0000\u0000', '[global]\nindex-url =\n'])(
    'survives %j',
    (text) => {
      expect(parsePipConfig(text).size).toBe(0);
    },
  );
});

describe('pip’s settings of a machine', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'devstead-pip-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const write = (path: string, timeout: number): string => {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `[global]\ntimeout = ${timeout}\n`);
    return file;
  };
  const read = (env: Record<string, string>): Record<string, string> =>
    Object.fromEntries(
      readPipSettings(new FakeIo({ cwd: home, env: { XDG_CONFIG_DIRS: home, ...env } }), home).map(
        ({ name, value, source }) => [name, `${value} ${source}`],
      ),
    );

  it('lets the user’s file win over older ones, the named file over that, and a variable over all', () => {
    const old = write('.pip/pip.conf', 1);
    expect(read({}).PIP_DEFAULT_TIMEOUT).toBe(`1 ${old}`);
    const user = write('.config/pip/pip.conf', 2);
    expect(read({}).PIP_DEFAULT_TIMEOUT).toBe(`2 ${user}`);
    const named = write('named.conf', 3);
    expect(read({ PIP_CONFIG_FILE: named }).PIP_DEFAULT_TIMEOUT).toBe(`3 ${named}`);
    expect(read({ PIP_CONFIG_FILE: named, PIP_TIMEOUT: '4' }).PIP_DEFAULT_TIMEOUT).toBe('4 PIP_DEFAULT_TIMEOUT');
  });

  it('reads no file where pip reads none', () => {
    write('.config/pip/pip.conf', 2);
    expect(read({ PIP_CONFIG_FILE: '/dev/null' })).toEqual({});
  });
});
