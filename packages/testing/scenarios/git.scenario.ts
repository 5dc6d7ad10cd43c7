import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useHome } from '../src/use-home.ts';

function git(cwd: string, ...args: readonly string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'init.defaultBranch=main'];
  execFileSync('git', [...identity, ...args], { cwd, stdio: 'pipe' });
}

describe('up with the address of a Git repository', () => {
  const home = useHome();
  const upstream = (): string => {
    const folder = join(home().projects, 'upstream');
    if (existsSync(folder)) return folder;
    home().copyFixture('redis', 'upstream');
    git(folder, 'init');
    git(folder, 'add', '.');
    git(folder, 'commit', '-m', 'First');
    return folder;
  };
  const emptyFolder = (name: string): string => {
    const folder = join(home().root, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  };

  it('must refuse everything that is not https or ssh, before Git is started', async () => {
    const repository = upstream();
    const cwd = emptyFolder('refused');
    const pwned = join(cwd, 'pwned');
    const addresses = [
      `file://${repository}`,
      `FILE://${repository}`,
      'http://127.0.0.1:9/team/shop.git',
      'git://127.0.0.1/team/shop.git',
      `ext::sh -c "touch ${pwned}"`,
      `https://-oProxyCommand=touch${pwned}/x.git`,
      'ssh://-oProxyCommand=touch/x.git',
      `-oProxyCommand=x@host:repo`,
      `git@-oProxyCommand=touch:repo`,
      'ssh://host:99999999/x y',
      'https://host/x\n--upload-pack=touch',
      'https://user@evil@host/x',
      'javascript:alert(1)',
    ];
    for (const address of addresses) {
      const { code, stdout, stderr } = await home().run(['up', '--yes', '--', address], { cwd });
      expect(code, `${address}: ${stderr}`).toBe(2);
      expect(stderr, address).toMatch(/URL_REFUSED|USAGE|UNREADABLE_INPUT/);
      expect(stdout).toBe('');
    }
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('must take no option from an address or a revision', async () => {
    const cwd = emptyFolder('options');
    for (const words of [
      ['up', '--yes', '--upload-pack=touch pwned'],
      ['up', '--yes', '--', '--upload-pack=touch pwned'],
      ['up', '--yes', '--revision', '--upload-pack=touch pwned', 'https://127.0.0.1:9/team/shop.git'],
    ]) {
      const { code } = await home().run(words, { cwd });
      expect([1, 2], words.join(' ')).toContain(code);
    }
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('must leave no folder and no password on screen when the clone fails', async () => {
    const cwd = emptyFolder('failed');
    const { code, stderr } = await home().run(['up', '--yes', 'https://someone:hunter2@127.0.0.1:9/team/shop.git'], {
      cwd,
    });
    expect(code).toBe(1);
    expect(stderr).toContain('PROJECT_FAILED');
    expect(stderr).not.toContain('hunter2');
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('must leave a folder alone that is there already', async () => {
    const cwd = emptyFolder('there');
    mkdirSync(join(cwd, 'shop'));
    writeFileSync(join(cwd, 'shop', 'mine'), '');
    const { code } = await home().run(['up', '--yes', 'https://127.0.0.1:9/team/shop.git'], { cwd });
    expect(code).toBe(1);
    expect(readdirSync(join(cwd, 'shop'))).toEqual(['mine']);
  });

  it.each([
    ['of the devfile by path', 'projects:\n  - name: shop\n    git:\n      remotes:\n        origin: UPSTREAM\n'],
    [
      'of the devfile by file address',
      'projects:\n  - name: shop\n    git:\n      remotes:\n        origin: file://UPSTREAM\n',
    ],
    [
      'of the devfile that starts a program',
      'projects:\n  - name: shop\n    git:\n      remotes:\n        origin: "ext::sh -c touch% /tmp/devstead-pwned"\n',
    ],
  ])('must refuse a project %s, and leave nothing of it', async (name, projects) => {
    const folder = home().copyFixture('redis', `project-${name.replaceAll(' ', '-')}`);
    const devfile = `schemaVersion: 2.2.2\nmetadata: {name: with-project}\ncomponents:\n  - name: redis\n    container: {image: "docker.io/library/redis:7"}\n${projects.replace('UPSTREAM', upstream())}`;
    writeFileSync(join(folder, 'devfile.yaml'), devfile);
    const { code, stderr } = await home().run(['up', '--yes'], { cwd: folder });
    expect(code, stderr).not.toBe(0);
    expect(stderr).toMatch(/URL_REFUSED|devfile\.[a-z-]*(uri|remote|url|address)/);
    expect(existsSync('/tmp/devstead-pwned')).toBe(false);
    expect(
      readdirSync(join(home().state, 'workspaces')).filter((id) =>
        existsSync(join(home().state, 'workspaces', id, 'projects', 'shop')),
      ),
    ).toEqual([]);
    await home().run(['down', '--volumes'], { cwd: folder });
  });
});

describe('a linked worktree', () => {
  const home = useHome();

  it('must be a workspace of its own, named after its branch', async () => {
    const main = home().copyFixture('redis', 'shop');
    git(main, 'init');
    git(main, 'add', '.');
    git(main, 'commit', '-m', 'First');
    git(main, 'worktree', 'add', '-b', 'feature/New-Login', '../shop-login');
    const login = join(home().projects, 'shop-login');
    await home().runWell(['up'], { cwd: main });
    await home().runWell(['up'], { cwd: login });
    const { stdout } = await home().runWell(['list', '--output', 'json']);
    const names = (JSON.parse(stdout) as { workspaces: { name: string }[] }).workspaces.map(({ name }) => name);
    expect(names.sort()).toEqual(['redis-alone', 'redis-alone-feature-new-login']);
    await home().runWell(['exec', 'redis', 'redis-cli', 'SET', 'where', 'main'], { cwd: main });
    expect((await home().runWell(['exec', 'redis', 'redis-cli', 'GET', 'where'], { cwd: login })).stdout.trim()).toBe(
      '',
    );
    await home().runWell(['down', '--volumes'], { cwd: login });
    expect((await home().runWell(['exec', 'redis', 'redis-cli', 'GET', 'where'], { cwd: main })).stdout).toBe('main\n');
  });
});
