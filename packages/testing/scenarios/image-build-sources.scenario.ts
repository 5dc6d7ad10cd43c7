import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitServer, git } from '../src/git-server.ts';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import type { Finished } from '../src/run-devstead.ts';
import { useHome } from '../src/use-home.ts';

const base = 'FROM redis:7';

/**
 * Asks an agent for its keys (draft-ietf-sshm-ssh-agent, 3.4) from where there is no ssh-add; prints how many it has. The answer may
 * come in parts.
 */
const askAgent =
  `perl -MSocket -e 'socket my $s, PF_UNIX, SOCK_STREAM, 0; connect $s, sockaddr_un($ENV{SSH_AUTH_SOCK}) or die $!;
syswrite $s, pack("NC", 1, 11); read $s, my $head, 9; print "keys ", unpack("x5N", $head), "\\n"'`.replaceAll(
    '\n',
    ' ',
  );

describe('what an image is built of', () => {
  const home = useHome();
  const tag = `scenario-sources-${process.pid}`;
  let server: GitServer;
  let folder = '';
  beforeAll(async () => {
    server = await GitServer.start(join(home().root, 'served'));
    folder = join(home().projects, 'app');
    mkdirSync(folder);
  });
  afterAll(async () => {
    await home().run(['image', 'rm', tag]);
    await server.stop();
  });
  const write = (...lines: readonly string[]): void =>
    writeFileSync(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
  const build = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> =>
    home().run(['image', 'build', '-t', tag, ...words], {
      cwd: folder,
      env: { GIT_SSL_CAINFO: server.certificate, XDG_CACHE_HOME: join(home().root, 'cache'), ...env },
    });
  /** What builds have of repositories: files of commits, and marks of builds that are on. */
  const listFetched = (): string[] =>
    readdirSync(join(home().root, 'cache/devstead/contexts')).filter((name) => !/^lock$|\.json$/.test(name));
  const countPacks = (): number => server.asked.filter((path) => path.endsWith('/git-upload-pack')).length;

  it('may be a folder of a Git repository, which leads nowhere else', async () => {
    const text = 'FROM scratch\nCOPY . /all\nCOPY --from=more top /top\n';
    const shop = server.addRepository('shop', { 'docker/Dockerfile': text, 'docker/app': 'one', top: 'a' });
    symlinkSync('/etc', join(shop, 'etc'));
    symlinkSync('/etc/passwd', join(shop, 'docker/Linked'));
    git(shop, 'add', '--all');
    git(shop, 'commit', '--quiet', '-m', 'Links');
    const address = server.repository('shop');
    const words = ['--build-context', `more=${address}`, `${address}#main:docker`];
    const first = await build(words);
    expect(first.code, first.stderr).toBe(0);
    const packs = countPacks();
    expect((await build(words)).stdout).toContain('up to date');
    // Protocol 2 of Git asks for names with the same request as for packs: two of them, for none of which files came.
    expect(countPacks() - packs).toBe(2);
    const linked = await build(['-f', 'Linked', `${address}#main:docker`]);
    expect([linked.code, linked.stderr]).toEqual([2, expect.stringContaining('UNREADABLE_INPUT')]);
    expect(linked.stderr).not.toContain('root:');
    expect((await build([`${address}#main:etc`])).stderr).toContain('UNREADABLE_INPUT');
    expect((await build([`${address}#nothing`])).stderr).toContain('PROJECT_FAILED');
    expect((await build(['file:///etc'])).stderr).toMatch(/USAGE/);
    expect(listFetched()).toHaveLength(1);
  });

  it('may be a commit that was fetched before, when its server is gone', async () => {
    const shop = server.addRepository('again', { Dockerfile: 'FROM scratch\nCOPY app /app\n', app: 'one' });
    const address = server.repository('again');
    expect((await build([address])).stderr).toContain('cloning');
    writeFileSync(join(shop, 'app'), 'two');
    git(shop, 'commit', '--quiet', '--all', '-m', 'Second');
    expect((await build([address])).stderr).toContain('cloning');
    server.intercept = (_request, response) => {
      response.statusCode = 503;
      response.end();
      return true;
    };
    const commit = execFileSync('git', ['-C', shop, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
    expect((await build([`${address}#${commit}`])).stdout).toContain('up to date');
    expect((await build([`${address}#main`])).stderr).toContain('PROJECT_FAILED');
    server.intercept = () => false;
    const pruned = await home().runWell(['image', 'prune', '--build-cache', '--dry-run', '--output', 'json'], {
      env: { XDG_CACHE_HOME: join(home().root, 'cache') },
    });
    expect((JSON.parse(pruned.stdout) as { buildCacheBytes: number }).buildCacheBytes).toBeGreaterThan(0);
  });

  it('may need keys of an agent, which steps use and do not get', async () => {
    const socket = join(home().root, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'pipe' });
    try {
      await new Promise((resolve) => agent.stdout.once('data', resolve));
      const key = join(home().root, 'key');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
      execFileSync('ssh-add', ['-q', key], { env: { SSH_AUTH_SOCK: socket } });
      write(base, `RUN --mount=type=ssh,required ${askAgent}`, 'RUN test -z "$SSH_AUTH_SOCK" && ! ls /run/buildkit/*');
      const lent = await build(['--no-cache', '--ssh', 'default', '.'], { SSH_AUTH_SOCK: socket });
      expect(lent.stderr).toContain('| keys 1\n');
      expect(lent.code).toBe(0);
      rmSync(socket);
      expect((await build(['--no-cache', '--ssh', `default=${key}`, '.'])).stderr).toContain('| keys 1\n');
    } finally {
      agent.kill();
    }
    expect((await build(['.'])).stderr).toMatch(/dockerfile\.syntax.*Dockerfile:2:5/);
  });

  it('is built again when a secret changed, of which nothing stays', async () => {
    write(base, 'RUN --mount=type=secret,id=key tr a-z n-za-m < /run/secrets/key > /turned');
    const [first, second] = ['hunter', 'secret'];
    const of = (word: string): Promise<Finished> => build(['--secret', 'id=key,env=KEY', '.'], { KEY: word });
    expect((await of(first)).code).toBe(0);
    expect((await of(first)).stdout).toContain('up to date');
    expect((await of(second)).stderr).toContain('every step is run');
    const shown = await home().runWell(['image', 'run', '--rm', tag, 'cat', '/turned']);
    expect(shown.stdout).toBe('frperg');
    const name = readdirSync(join(home().state, 'images/records')).find((one) => one.startsWith('scenario-sources-'));
    expect(readFileSync(join(home().state, 'images/records', name ?? ''), 'utf8')).not.toMatch(/hunter|secret"/);
  });

  it('has the token of the package index where a step mounts it, and nowhere else', async () => {
    const show = 'echo "token ${DEVPI_TOKEN_FILE:-none} $(cat /run/secrets/* 2>/dev/null)"';
    write(base, `RUN ${show}`, `RUN --mount=type=secret,id=devpi-token ${show}`);
    const { stderr } = await build(['--no-cache', '.'], { DEVSTEAD_INDEX_TOKEN: 'pypi-of-mine' });
    expect(stderr).toContain('| token none\n');
    expect(stderr).toContain('| token /run/secrets/devpi-token pypi-of-mine\n');
  });

  it('leaves nothing when it is interrupted', async () => {
    const before = takeInventory(home());
    write(base, 'RUN echo begun && sleep 3600');
    const running = home().start(['image', 'build', '-t', tag, '.'], { cwd: folder });
    await running.waitFor('| begun', 60_000);
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(130);
    expect(await findRemains(home(), before)).toEqual([]);
    expect(readdirSync(join(home().state, 'images/building')).filter((name) => name.startsWith('dockerfile-'))).toEqual(
      [],
    );
  });
});
