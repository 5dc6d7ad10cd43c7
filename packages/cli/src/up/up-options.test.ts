import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

const starters = `starterProjects:
  - name: small
    description: A small one
    subDir: small
    git: {remotes: {origin: "https://me:hunter2@git.example/stack"}, checkoutFrom: {revision: v1}}
  - name: zipped
    zip: {location: "https://files.example/a.zip?token=hunter2"}
`;
const devfile = `schemaVersion: 2.2.2\nmetadata: {name: shop}\ncomponents:\n  - name: db\n    container: {image: "docker.io/library/redis:7"}\n`;

describe('the starter projects of a devfile', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
    repository.write('devfile.yaml', devfile + starters);
  });
  afterEach(() => repository.remove());

  it('are listed, as text and as their schema says, without secrets', async () => {
    const { code, stdout } = await repository.call(['up', '--starters', '--output', 'json']);
    expect(code).toBe(0);
    expect(expectSchema('starters', stdout)).toMatchObject({
      starters: [{ name: 'small', address: 'https://git.example/stack', revision: 'v1' }, { name: 'zipped' }],
    });
    const text = await repository.call(['up', '--starters']);
    expect(text.stdout).toContain('small\n  A small one\n  https://git.example/stack (folder small)\n');
    expect(stdout + text.stdout).not.toContain('hunter2');
  });

  it('are planned to be fetched, without secrets', async () => {
    const { code, stdout } = await repository.call(['up', '--dry-run', '--starter', 'zipped', '--output', 'json']);
    expect(code).toBe(0);
    expect(expectSchema('plan', stdout)['steps']).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'starter.fetch', folder: repository.folder })]),
    );
    expect(stdout).not.toContain('hunter2');
    expect(readdirSync(repository.folder)).toEqual(['devfile.yaml']);
  });

  it('must be there, and need a folder without sources', async () => {
    const unknown = await repository.call(['up', '--dry-run', '--starter', 'smal', '--output', 'json']);
    expect(JSON.parse(unknown.stdout)).toMatchObject({ code: 'UNKNOWN_STARTER', hint: 'Did you mean small?' });
    repository.write('app.py', 'print(1)');
    const filled = await repository.call(['up', '--dry-run', '--starter', 'small', '--output', 'json']);
    expect(filled.code).toBe(1);
    expect(JSON.parse(filled.stdout)).toMatchObject({ code: 'PROJECT_FAILED' });
  });

  it('become projects where the devfile has projects', async () => {
    const projects = 'projects:\n  - name: api\n    git: {remotes: {origin: "https://git.example/api"}}\n';
    repository.write('devfile.yaml', devfile + projects + starters);
    const { stdout } = await repository.call(['up', '--dry-run', '--starter', 'small']);
    expect(stdout).toContain('https://git.example/stack at v1 folder small -> small');
    expect(stdout).not.toContain('hunter2');
  });
});

describe('a folder bound to a project', () => {
  let repository: TestRepository;
  let mine = '';
  beforeEach(() => {
    repository = new TestRepository();
    mine = mkdtempSync(join(tmpdir(), 'devstead-bound-'));
    const sources = devfile.replace('image:', 'mountSources: true, image:');
    repository.write(
      'devfile.yaml',
      `${sources}projects:\n  - name: api\n    clonePath: code/api\n    git: {remotes: {origin: "https://git.example/api"}}\n`,
    );
  });
  afterEach(() => {
    repository.remove();
    rmSync(mine, { recursive: true, force: true });
  });

  it('is mounted in its place, and nothing is fetched', async () => {
    const { stdout } = await repository.call(['up', '--dry-run', '--bind', `api=${mine}`]);
    expect(stdout).toContain(`mount    /projects/code/api <- folder ${mine}`);
    expect(stdout).not.toContain('project.clone');
    expect((await repository.call(['up', '--dry-run', '--bind', 'api='])).stdout).toContain('project.clone api');
  });

  it.each([
    [['--bind', 'other=.'], 'USAGE'],
    [['--bind', 'api'], 'USAGE'],
    [['--bind', '=x'], 'USAGE'],
    [['--bind', 'api=/no/such/folder'], 'UNREADABLE_INPUT'],
    [['--ttl', '3d'], 'USAGE'],
    [['--ttl', 'soon'], 'USAGE'],
    [['--copy-volumes', 'all'], 'USAGE'],
    [['--branch', 'x'], 'BRANCH_FAILED'],
  ])('and other options: %j is %s', async (words, code) => {
    mkdirSync(join(repository.folder, 'sub'), { recursive: true });
    writeFileSync(join(repository.folder, 'sub', 'x'), '');
    const { stdout } = await repository.call(['up', '--dry-run', ...words, '--output', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ code });
  });
});
