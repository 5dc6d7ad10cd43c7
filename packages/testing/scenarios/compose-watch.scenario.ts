import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunningDevstead } from '../src/run-devstead.ts';
import { useHome } from '../src/use-home.ts';

const project = `name: watched
services:
  web:
    image: python:3.12-slim
    command: sleep infinity
    # It is healthy only with what is brought into it: the first start waits for that.
    healthcheck: {test: test -f /srv/src/main.py, interval: 1s, start_period: 60s}
    develop:
      watch:
        - {action: sync, path: ./src, target: /srv/src, ignore: ["*.log", "tmp/"], initial_sync: true}
        - {action: sync+restart, path: ./web.conf, target: /srv/web.conf}
        - action: sync+exec
          path: ./hooks
          target: /srv/hooks
          exec: {command: [sh, -c, "cat last > /tmp/ran; id -u >> /tmp/ran"], user: "1234", working_dir: /srv/hooks}
  # They end at once with a file that is wrong: so soon that nobody can mend the file while they run.
  proxy: &proxy
    image: python:3.12-slim
    command: sh -c 'touch /srv/keep; test ! -e /srv/bad && exec sleep infinity; exit 3'
    stop_signal: SIGKILL
    restart: "no"
    develop:
      watch:
        - {action: sync+restart, path: ./proxy, target: /srv}
  gate:
    <<: *proxy
    restart: unless-stopped
`;

describe('what a service is made of', () => {
  const home = useHome();
  let cwd = '';
  let watching: RunningDevstead | undefined;
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], { cwd, stdio: 'pipe' });
  const write = (path: string, text: string): void => {
    mkdirSync(join(cwd, path, '..'), { recursive: true });
    writeFileSync(join(cwd, path), text);
  };
  const inside = async (line: string): Promise<string> =>
    (await home().run(['compose', 'exec', 'web', 'sh', '-c', line], { cwd })).stdout.trim();
  /** All files with what is in them. */
  const listInside = () => inside('cd /srv/src && grep -r "" . | sort');
  const listHere = (): string =>
    execFileSync('sh', ['-c', 'cd src && grep -r "" . --exclude="*.log" --exclude-dir=tmp | sort'], { cwd })
      .toString()
      .trim();

  it('must be in it at first, without what is ignored', async () => {
    cwd = join(home().projects, 'watched');
    mkdirSync(cwd);
    write('compose.yaml', project);
    for (const path of ['src/main.py', 'src/deep/er/a.txt', 'src/x.log', 'src/tmp/y', 'hooks/last'])
      write(path, 'one\n');
    write('web.conf', 'one\n');
    write('proxy/keep', '');
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    watching = home().start(['compose', 'watch', '--quiet'], { cwd });
    await expect.poll(listInside).toBe('./deep/er/a.txt:one\n./main.py:one');
  });

  it('must follow saves, renames, removals and checkouts', async () => {
    write('src/main.py', 'two\n');
    renameSync(join(cwd, 'src/deep'), join(cwd, 'src/moved'));
    await expect.poll(listInside).toBe('./main.py:two\n./moved/er/a.txt:one');
    rmSync(join(cwd, 'src/moved'), { recursive: true });
    write('src/moved', 'a file now\n');
    await expect.poll(listInside).toBe('./main.py:two\n./moved:a file now');
    git('add', '.');
    git('commit', '-q', '-m', 'two');
    git('checkout', '-q', '-b', 'other', 'HEAD~1');
    await expect.poll(listInside).toBe('./deep/er/a.txt:one\n./main.py:one');
    git('checkout', '-q', 'main');
    await expect.poll(listInside).toBe(listHere());
  });

  it('must start again, or run a command, where a rule says so', async () => {
    const [id = ''] = (await home().run(['compose', 'ps', '-q', 'web'], { cwd })).stdout.trim().split('\n');
    const made = join(home().state, 'workspaces', id.replace(/-web$/, ''), 'containers/web/made.json');
    const started = () => (JSON.parse(readFileSync(made, 'utf8')) as { startedAt: number }).startedAt;
    const before = started();
    write('web.conf', 'two\n');
    await expect.poll(() => started() !== before).toBe(true);
    await expect.poll(() => inside('cat /srv/web.conf')).toBe('two');
    // What was synced is still there.
    expect(await listInside()).toBe(listHere());
    write('hooks/last', 'two\n');
    await expect.poll(() => inside('cat /tmp/ran')).toBe('two\n1234');
  });

  it('must be mended in services that end at once for what is in them', async () => {
    const workspaces = join(home().state, 'workspaces');
    const containers = join(workspaces, readdirSync(workspaces).join(), 'containers');
    const services = ['proxy', 'gate'];
    const read = (...path: readonly string[]): string => {
      const file = join(containers, ...path);
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    };
    const haveEnded = (): boolean =>
      read('proxy/run/exit') === '3' && read('gate/restarts.json').includes('"lastExitCode": 3');
    const look = async (name: string) => ({
      files: (await home().run(['compose', 'exec', name, 'ls', '/srv'], { cwd })).stdout,
      runsItsOwn: read(name, 'made.json').includes('sleep infinity'),
    });
    write('proxy/bad', '');
    await expect.poll(haveEnded).toBe(true);
    rmSync(join(cwd, 'proxy/bad'));
    for (const name of services) await expect.poll(() => look(name)).toEqual({ files: 'keep\n', runsItsOwn: true });
  });

  it('must be brought into a container that is made anew, and be left when the watching ends', async () => {
    await home().runWell(['compose', 'rm', '-f', '-s', 'web'], { cwd });
    await home().runWell(['compose', 'up', '-d'], { cwd });
    await expect.poll(listInside).toBe(listHere());
    watching?.child.kill('SIGINT');
    const { code, stdout } = await (watching as RunningDevstead).finished;
    expect(code).toBe(130);
    expect(stdout).toContain('Watch enabled');
    expect(stdout).toContain('Syncing service "web" after 1 changes were detected');
    expect(stdout).toContain('service(s) ["web"] restarted');
    expect((await home().run(['compose', 'ps', '--services'], { cwd })).stdout.split('\n').sort()).toEqual([
      '',
      'gate',
      'proxy',
      'web',
    ]);
  });

  it('must be watched by one process, in a project that has rules and runs', async () => {
    const first = home().start(['watch', '--output', 'json'], { cwd });
    await first.waitFor('sync.ended');
    expect((await home().run(['watch'], { cwd })).stderr).toContain('WORKSPACE_LOCKED');
    await home().runWell(['compose', 'down'], { cwd });
    const { code, stdout } = await first.finished;
    expect([code, stdout.trim().split('\n').length]).toEqual([0, 4]);
    expect((await home().run(['compose', 'watch', '--no-up'], { cwd })).stderr).toContain('WORKSPACE_NOT_RUNNING');
    write('compose.yaml', project.replace(/ {4}develop:[^]*$/, ''));
    const { code: bad, stderr } = await home().run(['compose', 'up', '-w'], { cwd });
    expect([bad, stderr]).toEqual([
      1,
      expect.stringContaining('none of the selected services is configured for watch'),
    ]);
  });
});
