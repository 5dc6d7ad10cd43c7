import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRemains, type Inventory, takeInventory } from '../src/machine-inventory.ts';
import type { RunningDevstead } from '../src/run-devstead.ts';
import { useHome } from '../src/use-home.ts';

/** The official library's command line, built from its sources; tests with it are skipped where there is none. */
const official = process.env['DEVSTEAD_TEST_REGISTRY_LIBRARY'] ?? 'registry-library';
const hasOfficial = spawnSync(official, ['--help']).status === 0;

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

  it.skipIf(!hasOfficial)(
    `must answer the official library as it expects${hasOfficial ? '' : ' (registry-library is not on PATH)'}`,
    () => {
      const place = join(home().root, 'official');
      mkdirSync(place);
      const run = (...args: readonly string[]): string => {
        const { status, stdout, stderr } = spawnSync(official, args, { encoding: 'utf8', cwd: place });
        expect([status, stderr]).toEqual([0, '']);
        return stdout;
      };
      run('pull', address, 'python-django', '--context', join(place, 'old'));
      run('pull', address, 'python-django:latest', '--new-index-schema', '--all', '--context', join(place, 'new'));
      run('download', address, 'python-django', 'django-starter', '--context', join(place, 'starter'));
      expect(readdirSync(join(place, 'new')).toSorted()).toEqual(['devfile.yaml', 'logo.svg']);
      expect(readdirSync(join(place, 'starter'))).toContain('manage.py');
      expect(readFileSync(join(place, 'old/devfile.yaml'))).toEqual(readFileSync(join(place, 'new/devfile.yaml')));
    },
  );

  it('leaves nothing', async () => {
    cwd = join(home().projects, 'shop');
    await home().runWell(['down', '--volumes'], call());
    expect(await findRemains(home(), before)).toEqual([]);
  });
});
