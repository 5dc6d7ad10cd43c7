import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { git } from '../src/git-server.ts';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import { useHome } from '../src/use-home.ts';
import { waitUntil } from '../src/wait-until.ts';

interface Listed {
  readonly name: string;
  readonly folder: string;
  readonly branch?: string;
  readonly expiresAt?: string;
  readonly isExpired?: boolean;
  readonly addresses: readonly { readonly url: string }[];
}

describe('up --branch', () => {
  const home = useHome();
  let cwd = '';
  const inWorktree = (branch: string): string => join(`${cwd}.worktrees`, branch);
  const list = async (): Promise<readonly Listed[]> =>
    (JSON.parse((await home().runWell(['list', '--output', 'json'], { cwd })).stdout) as { workspaces: Listed[] })
      .workspaces;
  const branches = (): string[] => git(cwd, 'branch', '--format=%(refname:short)').trim().split('\n').sort();
  const worktrees = (): number => git(cwd, 'worktree', 'list').trim().split('\n').length;

  beforeAll(async () => {
    cwd = home().copyFixture('cache-and-tools', 'shop');
    writeFileSync(join(cwd, '.gitignore'), '*.txt\n');
    git(cwd, 'init');
    git(cwd, 'add', '.');
    git(cwd, 'commit', '-m', 'First');
    await home().runWell(['up'], { cwd });
    await home().runWell(['exec', 'redis', 'sh', '-c', 'redis-cli SET where main && redis-cli SAVE'], { cwd });
  });

  it('must give a branch a work tree, ports and copies of volumes of its own, while the other runs', async () => {
    const { stdout } = await home().runWell(
      ['up', '--branch', 'feature/login', '--ttl', '3d', '--copy-volumes', 'all', '--output', 'json'],
      { cwd },
    );
    expect(JSON.parse(stdout)).toMatchObject({
      workspace: {
        name: 'cache-and-tools-feature-login',
        branch: 'feature/login',
        folder: inWorktree('feature-login'),
      },
    });
    const branch = inWorktree('feature-login');
    const read = async (folder: string): Promise<string> =>
      (await home().runWell(['exec', 'redis', 'redis-cli', 'GET', 'where'], { cwd: folder })).stdout;
    expect(await read(branch)).toBe('main\n');
    await home().runWell(['exec', 'redis', 'redis-cli', 'SET', 'where', 'branch'], { cwd: branch });
    expect([await read(cwd), await read(branch)]).toEqual(['main\n', 'branch\n']);
    const rows = await list();
    expect(rows.map(({ name }) => name)).toEqual(['cache-and-tools', 'cache-and-tools-feature-login']);
    expect(rows[1]).toMatchObject({ branch: 'feature/login', isExpired: false });
    expect(new Set(rows.flatMap(({ addresses }) => addresses.map(({ url }) => url))).size).toBe(2);
    const left = Date.parse(rows[1]?.expiresAt ?? '') - Date.now();
    expect(left / 86_400_000).toBeGreaterThan(2.9);
    expect((await home().runWell(['list'], { cwd })).stdout).toMatch(
      /branch feature\/login, expires in (3 d|2 d 23 h)/,
    );
  });

  it('must let the programs of the first go on after its volumes were copied', async () => {
    const line = 'for i in 1 2 3; do redis-cli INCR counter; done; cat /proc/1/stat | cut -d" " -f3';
    const { stdout } = await home().runWell(['exec', 'redis', 'sh', '-c', line], { cwd });
    expect(stdout).toMatch(/^1\n2\n3\n[SR]\n$/);
  });

  it('must have Git work in its containers', async () => {
    const branch = inWorktree('feature-login');
    const { stdout } = await home().runWell(['exec', 'tools', 'git', '-C', '/projects', 'branch', '--show-current'], {
      cwd: branch,
    });
    expect(stdout).toBe('feature/login\n');
  });

  it('must do nothing the second time', async () => {
    const { stdout } = await home().runWell(['up', '--dry-run', '--branch', 'feature/login', '--copy-volumes', 'all'], {
      cwd,
    });
    expect(stdout).toContain('nothing to do');
    await home().runWell(['up', '--branch', 'feature/login', '--copy-volumes', 'all'], { cwd });
    const { stdout: where } = await home().runWell(['exec', 'redis', 'redis-cli', 'GET', 'where'], {
      cwd: inWorktree('feature-login'),
    });
    expect(where).toBe('branch\n');
    expect((await list())[1]?.expiresAt).toBeDefined();
  });

  it('must keep a work tree with work in it, and say what', async () => {
    const branch = inWorktree('feature-login');
    writeFileSync(join(branch, 'work.md'), 'mine');
    for (const words of [['down'], ['down', '--volumes']]) {
      const { code, stderr } = await home().run(words, { cwd: branch });
      expect(code).toBe(1);
      expect(stderr).toMatch(/UNSAVED_WORK[^]*work\.md/);
    }
    await home().runWell(['exec', 'redis', 'true'], { cwd: branch });
    expect(readFileSync(join(branch, 'work.md'), 'utf8')).toBe('mine');
    // Commits stay with the branch.
    git(branch, 'add', '.');
    git(branch, 'commit', '-m', 'Work');
    const before = takeInventory(home());
    const down = await home().runWell(['down', '--output', 'json'], { cwd: branch });
    expect(JSON.parse(down.stdout)).toMatchObject({ removed: [{ worktree: branch, keptVolumes: [] }] });
    expect(existsSync(branch)).toBe(false);
    expect(existsSync(`${cwd}.worktrees`)).toBe(false);
    expect(worktrees()).toBe(1);
    expect(git(cwd, 'log', '--format=%s', '-1', 'feature/login').trim()).toBe('Work');
    expect(await findRemains(home(), before)).toEqual([]);
    expect(readdirSync(join(home().state, 'workspaces')).length).toBe(1);
  });

  it('must remove work only when forced', async () => {
    await home().runWell(['up', '--branch', 'scrap', '--no-commands'], { cwd });
    writeFileSync(join(inWorktree('scrap'), 'work.md'), 'mine');
    git(inWorktree('scrap'), 'checkout', '--quiet', '--detach');
    git(inWorktree('scrap'), 'commit', '--allow-empty', '-m', 'Loose');
    const { stderr } = await home().run(['down', '--name', 'cache-and-tools-scrap'], { cwd });
    expect(stderr).toContain('1 commit on no branch');
    await home().runWell(['down', '--force', '--name', 'cache-and-tools-scrap'], { cwd });
    expect(existsSync(inWorktree('scrap'))).toBe(false);
  });

  it('must say which branches are expired, and remove them by one command', async () => {
    await home().runWell(['up', '--branch', 'old', '--ttl', '1s', '--no-commands'], { cwd });
    await home().runWell(['up', '--branch', 'older', '--ttl', '1s', '--no-commands'], { cwd });
    writeFileSync(join(inWorktree('older'), 'work.md'), 'mine');
    await delay(1100);
    expect((await list()).filter(({ isExpired }) => isExpired === true).map(({ branch }) => branch)).toEqual([
      'old',
      'older',
    ]);
    expect((await home().runWell(['up'], { cwd })).stderr).toContain('devstead down --expired');
    const { code, stdout, stderr } = await home().run(['down', '--expired', '--output', 'json'], { cwd });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      removed: [{ worktree: inWorktree('old') }],
      refused: [{ reasons: [expect.stringContaining('work.md')] }],
    });
    expect(stderr).toContain('UNSAVED_WORK');
    await home().runWell(['down', '--expired', '--force'], { cwd });
    expect((await list()).map(({ name }) => name)).toEqual(['cache-and-tools']);
  });

  it('must refuse what is no branch, and leave nothing of one that cannot be started', async () => {
    for (const name of ['-x', '--upload-pack=touch x', 'a b', 'a..b', 'a\nb', 'HEAD', 'x@{1}', 'x.lock', 'main']) {
      const { code, stderr } = await home().run(['up', `--branch=${name}`], { cwd });
      expect([1, 2], `${name}: ${stderr}`).toContain(code);
      expect(stderr).toMatch(/USAGE|BRANCH_FAILED/);
    }
    const before = branches();
    git(cwd, 'checkout', '--quiet', '-b', 'without');
    git(cwd, 'rm', '--quiet', '--cached', 'devfile.yaml');
    git(cwd, 'commit', '-m', 'Without a devfile');
    const { code, stderr } = await home().run(['up', '--branch', 'nothing'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/BRANCH_FAILED[^]*has no devfile\.yaml/);
    git(cwd, 'checkout', '--quiet', '--force', 'main');
    git(cwd, 'branch', '-D', 'without');
    expect(branches()).toEqual(before);
    expect(worktrees()).toBe(1);
    expect(existsSync(`${cwd}.worktrees`)).toBe(false);
    expect((await home().run(['up', '--branch', 'x', '--copy-volumes', 'nope'], { cwd })).stderr).toMatch(
      /USAGE[^]*data/,
    );
    expect((await home().run(['up', '--ttl', '3d'], { cwd })).stderr).toContain('USAGE');
    expect(branches()).toEqual(before);
  });

  it('must leave nothing of a branch whose start is interrupted, and mend one that was killed', async () => {
    const waiting = home().copyFixture('waiting-prestart', 'waits');
    writeFileSync(join(waiting, '.gitignore'), '*.txt\n');
    git(waiting, 'init');
    git(waiting, 'add', '.');
    git(waiting, 'commit', '-m', 'First');
    const before = takeInventory(home());
    const tree = join(`${waiting}.worktrees`, 'cut');
    const interrupted = home().start(['up', '--branch', 'cut'], { cwd: waiting });
    await waitUntil('the command runs', () => existsSync(join(tree, 'waiting.txt')));
    interrupted.child.kill('SIGINT');
    expect((await interrupted.finished).code).toBe(130);
    expect(existsSync(tree)).toBe(false);
    expect(git(waiting, 'branch').trim()).toBe('* main');
    expect(await findRemains(home(), before)).toEqual([]);
    const killed = home().start(['up', '--branch', 'cut'], { cwd: waiting });
    await waitUntil('the command runs', () => existsSync(join(tree, 'waiting.txt')));
    killed.child.kill('SIGKILL');
    await killed.finished;
    await home().runWell(['up', '--branch', 'cut', '--no-commands'], { cwd: waiting });
    await home().runWell(['exec', 'dev', 'true'], { cwd: tree });
    await home().runWell(['down'], { cwd: tree });
    expect(existsSync(tree)).toBe(false);
  });
});
