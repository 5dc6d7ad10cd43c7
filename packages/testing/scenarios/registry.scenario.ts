import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitServer, git as runGit } from '../src/git-server.ts';
import { findRemains, type Inventory, takeInventory } from '../src/machine-inventory.ts';
import type { RunningDevstead } from '../src/run-devstead.ts';
import { useHome } from '../src/use-home.ts';
import { waitUntil } from '../src/wait-until.ts';

/** The tests follow each other: one registry, one workspace. */
describe('a served registry', () => {
  const home = useHome();
  let server: RunningDevstead | undefined;
  let address: string;
  let cwd = '';
  let before: Inventory;

  const call = () => ({ cwd, env: { XDG_CACHE_HOME: join(home().root, 'cache') } });

  beforeAll(async () => {
    server = home().start(['registry', 'serve', '--port', '0'], call());
    await server.waitFor(/Serving .* on http/);
    address = /on (http:\S+)/.exec(server.output)?.[1] ?? '';
    before = takeInventory(home());
  });
  afterAll(async () => {
    server?.child.kill('SIGTERM');
    await server?.finished;
  });

  it('must bring the stack that a devfile builds on, up to a database and a cache that answer', async () => {
    cwd = home().makeProject(
      'shop',
      [
        'schemaVersion: 2.2.0',
        'metadata: {name: shop}',
        'parent:',
        '  id: python-flask-postgresql-redis',
        `  registryUrl: ${address}`,
        '  variables: {databaseName: shop}',
        'commands:',
        '- id: ask',
        '  exec: {component: postgresql, commandLine: \'psql -U devuser -d shop -tAc "select 6*7"\'}',
        '- id: ping',
        '  exec: {component: redis, commandLine: redis-cli ping}',
        '',
      ].join('\n'),
    );
    await home().runWell(['up', '--no-commands'], call());
    expect((await home().runWell(['run', 'ask'], call())).stdout).toContain('42');
    expect((await home().runWell(['run', 'ping'], call())).stdout).toContain('PONG');
    const { stdout } = await home().runWell(['why', 'python.env.DATABASE_URL', '--output', 'json'], call());
    expect(stdout).toContain('localhost:5432/shop');
    expect(stdout).toContain('python-flask-postgresql-redis');
  });

  it('must bring the stack of Node.js with a starter project that runs its tests', async () => {
    cwd = home().projects;
    await home().runWell(
      ['registry', 'pull', 'nodejs', 'service', '--starter', 'nodejs-starter', '--registry', address],
      call(),
    );
    cwd = join(home().projects, 'service');
    await home().runWell(['up', '--no-commands'], call());
    expect((await home().runWell(['run', 'test'], call())).stdout).toMatch(/pass 1/);
    await home().runWell(['down', '--volumes'], call());
  });

  it('must bring an organisation’s parent, whose addresses a devfile may change', async () => {
    cwd = home().makeProject(
      'company',
      `schemaVersion: 2.2.0\nmetadata: {name: company}\nparent: {id: company-python-stack, version: latest, registryUrl: '${address}', variables: {pipIndexUrl: 'https://index.example.com/simple'}}\n`,
    );
    await home().runWell(['check', '--profile', 'strict'], call());
    const { stdout } = await home().runWell(['flatten'], call());
    expect(stdout).toContain('internal-registry.company.com/python:3.11-company');
    expect(stdout).toContain('https://index.example.com/simple');
    expect(stdout).toContain('pre-commit-security');
  });

  it('must serve the stacks of a Git repository, and follow it', async () => {
    const git = await GitServer.start(join(home().root, 'served'));
    const own = {
      cwd: home().projects,
      env: { GIT_SSL_CAINFO: git.certificate, DEVSTEAD_HOME: join(home().root, 'other') },
    };
    let following: RunningDevstead | undefined;
    try {
      const stack = (name: string): string =>
        `schemaVersion: 2.2.0\nmetadata: {name: ${name}, version: 1.0.0, displayName: ${name}, language: Go, projectType: go}\n`;
      const repository = git.addRepository('stacks', { 'stacks/one/devfile.yaml': stack('one') });
      await home().runWell(['registry', 'add', git.repository('stacks')], own);
      following = home().start(['registry', 'serve', '--port', '0', '--refresh', '1s'], own);
      await following.waitFor(/Serving .* on http/);
      const index = `${/on (http:\S+)/.exec(following.output)?.[1] ?? ''}/v2index`;
      const has = async (name: string): Promise<boolean> =>
        (await (await fetch(index)).text()).includes(`"name": "${name}"`);
      await waitUntil('the stack of the first commit', () => has('one'));
      mkdirSync(join(repository, 'stacks/two'));
      writeFileSync(join(repository, 'stacks/two/devfile.yaml'), stack('two'));
      runGit(repository, 'add', '--all');
      runGit(repository, 'commit', '--quiet', '-m', 'Second');
      await waitUntil('the stack of the second commit', () => has('two'));
    } finally {
      following?.child.kill('SIGTERM');
      await following?.finished;
      await git.stop();
    }
  });

  it('leaves nothing', async () => {
    cwd = join(home().projects, 'shop');
    await home().runWell(['down', '--volumes'], call());
    expect(await findRemains(home(), before)).toEqual([]);
  });
});
