import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

const project = `name: shop
services:
  web:
    image: nginx:\${TAG:-1}
    depends_on: [db]
    volumes: ["data:/data"]
    tty: true
  db: {image: postgres, environment: {A: "a$$b"}}
  debug: {build: ., profiles: [tools]}
volumes: {data: {}}
`;

describe('devstead compose config', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
    repository.write('compose.yaml', project);
  });
  afterEach(() => repository.remove());
  const call = (...words: string[]) => repository.call(['compose', ...words]);

  it('prints the project in its long form', async () => {
    const { code, stdout, stderr } = await call('config');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('name: shop\nservices:\n  db:\n    environment:\n      A: a$$b\n');
    expect(stdout).toContain('        condition: service_started\n        required: true\n');
  });

  it.each([
    [['config', '--services'], 'db\nweb\n'],
    [['--profile', 'tools', 'config', '--services'], 'db\ndebug\nweb\n'],
    [['config', '--volumes'], 'data\n'],
    [['config', '--networks'], 'default\n'],
    [['config', '--profiles'], 'tools\n'],
    [['config', '--images'], 'nginx:1\npostgres\n'],
    [['config', '--quiet'], ''],
    [['config', '--hash', 'db'], 'db e57a\n'],
  ])('%j prints a list', async (words, expected) => {
    const { code, stdout } = await call(...words);
    expect([code, stdout.replace(/ [0-9a-f]{64}\n/, ' e57a\n')]).toEqual([0, expected]);
  });

  it('gives hashes that change with the service and with nothing else', async () => {
    const read = async (text: string) => {
      repository.write('compose.yaml', text);
      return (await call('config', '--hash', '*')).stdout.split('\n');
    };
    const [db, web] = await read(project);
    const [sameDb, otherWeb] = await read(project.replace('tty: true', 'tty: false'));
    expect(sameDb).toBe(db);
    expect(otherWeb).not.toBe(web);
  });

  it('prints JSON, the environment, and the text as it stands', async () => {
    expect(JSON.parse((await call('-p', 'other', 'config', '--format', 'json')).stdout)).toMatchObject({
      name: 'other',
      services: { web: { command: null, image: 'nginx:1' } },
    });
    repository.write('.env', 'TAG=2\n');
    expect((await call('config', '--environment')).stdout).toContain('TAG=2\n');
    expect((await call('config', '--no-interpolate')).stdout).toContain('image: nginx:${TAG:-1}');
  });

  it('takes files, folders and services', async () => {
    repository.write('more.yaml', 'services: {db: {image: other}}\n');
    const { stdout } = await call('-f', 'compose.yaml', '-f', 'more.yaml', 'config', 'db');
    expect(stdout).toContain('image: other');
    expect(stdout).not.toContain('web:');
    expect((await call('config', '-o', 'out.yaml')).stdout).toBe('');
    expect(readFileSync(join(repository.folder, 'out.yaml'), 'utf8')).toContain('name: shop');
  });

  it.each([
    [['config', 'nobody']],
    [['-f', 'none.yaml', 'config']],
    [['config', '--bogus']],
    [['-p', 'BAD', 'config']],
    [['config', '--hash', 'x']],
  ])('%j ends with 1, as docker compose does', async (words) => {
    const { code, stdout, stderr } = await call(...words);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).not.toBe('');
  });

  it('shows problems with their lines', async () => {
    repository.write('compose.yaml', `${project}  other: {drivr: x}\nbogus: 1\n`);
    const { code, stderr } = await call('config');
    expect(code).toBe(1);
    expect(stderr).toContain('compose.yaml:11:1');
  });
});

describe('a folder with a compose project and no devfile', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
    repository.write('shop/compose.yaml', project);
  });
  afterEach(() => repository.remove());

  it('is checked, with what has no effect here', async () => {
    const { code, stdout } = await repository.call(['check', 'shop', 'shop/compose.yaml', '-o', 'json']);
    const results = stdout
      .trimEnd()
      .split('\n')
      .map((line) => expectSchema('check', line));
    expect(code).toBe(0);
    expect(results).toMatchObject([
      { valid: true, warnings: 1, diagnostics: [{ code: 'compose.ignored-key', line: 7 }] },
      { valid: true, warnings: 1 },
    ]);
  });
});
