import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import { cloneProject } from './clone-project.ts';
import { cloneRepository } from './clone-repository.ts';
import { checkGitAddress, withoutCredentials } from './git-address.ts';

function accepts(address: string): boolean {
  try {
    checkGitAddress(address);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'URL_REFUSED') return false;
    throw error;
  }
}

describe('an address of a repository', () => {
  it.each([
    'https://git.example/shop',
    'https://git.example/group/sub-group/shop.git',
    'https://git.example:8443/shop.git',
    'https://me@git.example/shop.git',
    'https://me:secret@git.example/shop.git',
    'https://git.example/group/-/shop',
    'ssh://git.example/shop.git',
    'ssh://git@git.example/shop.git',
    'ssh://git@git.example:2222/~me/shop.git',
    'git@git.example:shop.git',
    'git@git.example:group/shop.git',
    'my-name@git.example:~me/shop',
  ])('%s is taken', (address) => {
    expect(accepts(address)).toBe(true);
  });

  it.each([
    // Options of git and ssh.
    '--upload-pack=touch /tmp/x',
    '-u./payload',
    '-oProxyCommand=touch x@git.example:shop',
    'ssh://-oProxyCommand=touch/shop',
    'ssh://-oProxyCommand=id@git.example/shop',
    'ssh://git@-oProxyCommand=id/shop',
    'git@-oProxyCommand=id:shop',
    '-git@git.example:shop',
    'git@git.example:-oProxyCommand=id',
    'git@git.example:/-oProxyCommand=id',
    'ssh://git.example/-oProxyCommand=id',
    'https://-git.example/shop',
    'https://me@-git.example/shop',
    'https://git.example/--upload-pack=id',
    // Other transports.
    'ext::sh -c touch% /tmp/x',
    'ext::id',
    'fd::17',
    'file:///etc/passwd',
    'file://git.example/shop',
    'FILE:///etc',
    '/etc',
    './shop',
    '../shop',
    'shop',
    '.',
    '',
    'C:\\shop',
    'http://git.example/shop',
    'git://git.example/shop',
    'ftp://git.example/shop',
    'git+ssh://git.example/shop',
    'https::https://git.example/shop',
    'HTTPS://git.example/shop',
    'javascript:alert(1)',
    'data:text/plain,x',
    // Not whole.
    'https://',
    'https:///shop',
    'https://git.example',
    'https://git.example/',
    'https://@git.example/shop',
    'https://me@you@git.example/shop',
    'ssh://git@git.example',
    'ssh://git@git.example:port/shop',
    'git@git.example',
    'git@git.example:',
    '@git.example:shop',
    'git.example:shop',
    // White space and what a terminal obeys.
    ' https://git.example/shop',
    'https://git.example/shop ',
    'https://git.example/shop\n',
    'https://git.example/shop\n--upload-pack=id',
    'https://git.example/a b',
    'https://git.example/a\u00a0b',
    'https://git.example/\u0000shop',
    'https://git.example/\u001b[31mshop',
    'https://git.ex\u0007ample/shop',
    'https://git.example/\u007fshop',
    'https://git.example/\u009b31m',
    'git@git.example:a\tb',
    // Another host than it seems.
    'https://evil.example\\@git.example/shop',
    'https://git.example\\shop/x',
    // Names of ssh's own that are none of a host.
    'git@$(id):shop',
    'git@`id`:shop',
    'ssh://git@git.example;id/shop',
  ])('%j is refused', (address) => {
    expect(accepts(address)).toBe(false);
  });

  it('is never taken when its host or its path begins with a hyphen', () => {
    const anyPart = fc.string({ unit: fc.constantFrom('-', 'a', '.', '@', ':', '/', '~', '=', '%'), maxLength: 10 });
    const anyAddress = fc.oneof(
      fc.tuple(
        fc.constantFrom('https://', 'ssh://', ''),
        fc.constantFrom('', 'git@', 'a:b@'),
        anyPart,
        fc.constantFrom('/', ':', ':/', ':22/'),
        anyPart,
      ),
      fc.tuple(
        fc.constantFrom('https://', 'ssh://', ''),
        fc.constantFrom('', 'git@'),
        fc.constantFrom('-', '-o=x', 'git.example'),
        fc.constantFrom('/', ':', ':/', ':22/'),
        fc.constantFrom('-', '-x/y', 'shop'),
      ),
    );
    const accepted: string[] = [];
    fc.assert(
      fc.property(
        anyAddress.map((parts) => parts.join('')),
        (address) => {
          if (!accepts(address)) return;
          accepted.push(address);
          const [, user = '', host = '', path = ''] =
            /^(?:https:\/\/|ssh:\/\/)(?:([^/]*)@)?([^/]*)\/(.*)$/.exec(address) ??
            /^(?:([^:]*)@)?([^:]*):\/?(.*)$/.exec(address) ??
            [];
          expect([user, host, path].filter((part) => part.startsWith('-'))).toEqual([]);
          expect(host).not.toBe('');
        },
      ),
      { numRuns: 3000 },
    );
    expect(accepted.length).toBeGreaterThan(20);
  });

  it('is never taken when it holds a space, a control character or a backslash', () => {
    const bad = fc.constantFrom(' ', '\n', '\r', '\t', '\0', '\u001b', '\u007f', '\u0085', '\u2028', '\\');
    const good = fc.constantFrom('https://git.example/shop', 'ssh://git@git.example/shop', 'git@git.example:shop');
    fc.assert(
      fc.property(good, bad, fc.nat({ max: 30 }), (address, character, at) => {
        expect(accepts(address.slice(0, at) + character + address.slice(at))).toBe(false);
      }),
    );
  });
});

describe('a text without credentials', () => {
  it.each([
    ['https://me:secret@git.example/shop', 'https://git.example/shop'],
    ['https://token@git.example/shop', 'https://git.example/shop'],
    ['https://me:se@cret@git.example/shop', 'https://git.example/shop'],
    [
      "fatal: unable to access 'https://me:secret@git.example/shop/': no",
      "fatal: unable to access 'https://git.example/shop/': no",
    ],
    ['https://git.example/@me', 'https://git.example/@me'],
    ['git@git.example:shop', 'git@git.example:shop'],
    ['from https://a:b@c/d to ssh://e:f@g/h', 'from https://c/d to ssh://g/h'],
  ])('made of %j is %j', (text, clean) => {
    expect(withoutCredentials(text)).toBe(clean);
  });

  it('is what a refusal shows', () => {
    expect(() => checkGitAddress('http://me:secret@git.example/shop')).toThrow(/^(?!.*secret)/);
  });
});

const said: string[] = [];
const report = { output: (text: string) => void said.push(text), note: () => undefined };
const options = { gitEnv: {}, report, signal: new AbortController().signal };

describe('cloning', () => {
  it('refuses addresses and names before anything is started', async () => {
    const target = join(makeTemporaryFolder(), 'shop');
    const request = {
      address: 'https://git.invalid/shop',
      target,
      gitEnv: {},
      onOutput: report.output,
      signal: options.signal,
    };
    await expect(cloneRepository({ ...request, address: 'ext::id' })).rejects.toMatchObject({ code: 'URL_REFUSED' });
    for (const remote of ['-x', '--upload-pack=id', 'a b', '', 'a..b', 'a@{1}']) {
      await expect(cloneRepository({ ...request, remote })).rejects.toMatchObject({ code: 'PROJECT_FAILED' });
    }
    for (const revision of ['-x', '--force', 'a b', 'a\nb']) {
      await expect(cloneRepository({ ...request, revision })).rejects.toMatchObject({
        code: 'PROJECT_FAILED',
      });
    }
    await expect(cloneRepository({ ...request, remotes: { more: 'file:///etc' } })).rejects.toMatchObject({
      code: 'URL_REFUSED',
    });
    expect(said).toEqual([]);
    expect(existsSync(target)).toBe(false);
  });

  it('leaves nothing of a project that cannot be cloned', async () => {
    const root = makeTemporaryFolder();
    const folder = join(root, 'projects');
    const staging = join(root, 'staging');
    const git = { remotes: { origin: 'https://127.0.0.1:1/shop' }, checkoutRemote: 'origin' };
    const failing = cloneProject({ name: 'shop', clonePath: 'code/shop', git }, { folder, staging, ...options });
    await expect(failing).rejects.toMatchObject({ code: 'PROJECT_FAILED' });
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(staging)).toEqual([]);
  });

  it('does not touch a project that is there', async () => {
    const folder = makeTemporaryFolder();
    mkdirSync(join(folder, 'shop'));
    writeFileSync(join(folder, 'shop', 'mine.txt'), 'mine');
    const git = { remotes: { origin: 'https://127.0.0.1:1/shop' }, checkoutRemote: 'origin' };
    await cloneProject(
      { name: 'shop', clonePath: 'shop', git },
      { folder, staging: join(folder, 'staging'), ...options },
    );
    expect(readdirSync(join(folder, 'shop'))).toEqual(['mine.txt']);
  });

  it('says which remote is missing, and that nothing says where a project comes from', async () => {
    const folder = makeTemporaryFolder();
    const projects = [
      { name: 'none', clonePath: 'none' },
      {
        name: 'lost',
        clonePath: 'lost',
        git: { remotes: { origin: 'https://git.example/shop' }, checkoutRemote: 'other' },
      },
    ];
    for (const project of projects) {
      const cloning = cloneProject(project, { folder, staging: join(folder, 'staging'), ...options });
      await expect(cloning).rejects.toMatchObject({ code: 'PROJECT_FAILED' });
    }
    expect(readdirSync(folder)).toEqual(['staging']);
    expect(readdirSync(join(folder, 'staging'))).toEqual([]);
  });
});
