import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

describe('devstead init', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
    repository.write('flask/requirements.txt', 'flask\nredis\n');
    repository.write('flask/app.py', 'from flask import Flask\napp = Flask(__name__)\n');
  });
  afterEach(() => repository.remove());
  const pathOf = (path: string): string => join(repository.folder, path);

  it('writes a devfile that the strict rules accept, and says why it is as it is', async () => {
    const { code, stdout, stderr } = await repository.call(['init', 'flask']);
    expect(code).toBe(0);
    expect(stdout).toContain('wrote flask/devfile.yaml\n');
    expect(stderr).toContain('Flask: app.py:2\n');
    expect((await repository.call(['check', '--profile', 'strict', 'flask'])).code).toBe(0);
  });

  it.each([
    ['Dockerfile', 'image build -t NAME .'],
    ['compose.yaml', 'devstead up'],
    ['.devcontainer/devcontainer.json', 'convert --to devfile .devcontainer/devcontainer.json'],
  ])('says what to do with a folder that has %s alone', async (file, command) => {
    repository.write(`other/${file}`, '');
    const { code, stderr } = await repository.call(['init', 'other']);
    expect(code).toBe(1);
    expect(stderr).toContain('NOTHING_RECOGNISED');
    expect(stderr).toContain(command);
  });

  it('gives what was recognised and its reasons as JSON, and writes nothing with --dry-run', async () => {
    const { stdout } = await repository.call(['init', 'flask', '--dry-run', '-o', 'json']);
    expect(expectSchema('init', stdout)).toMatchObject({
      recognised: {
        language: 'Python',
        framework: 'Flask',
        services: [{ name: 'redis', isCertain: false }],
        reasons: [
          { what: 'Python', file: 'requirements.txt' },
          { what: 'Flask', file: 'app.py', line: 2 },
        ],
      },
      written: [],
    });
    expect(existsSync(pathOf('flask/devfile.yaml'))).toBe(false);
    const text = await repository.call(['init', 'flask', '--dry-run']);
    expect(text.stdout).toBe(JSON.parse(stdout).devfile);
  });

  it('overwrites nothing unasked, and is done when it was done before', async () => {
    expect((await repository.call(['init', 'flask'])).code).toBe(0);
    const again = expectSchema('init', (await repository.call(['init', 'flask', '-o', 'json'])).stdout);
    expect(again).toMatchObject({ written: [], unchanged: ['devfile.yaml'] });
    repository.write('flask/devfile.yaml', 'mine\n');
    expect((await repository.call(['init', 'flask'])).code).toBe(2);
    expect(readFileSync(pathOf('flask/devfile.yaml'), 'utf8')).toBe('mine\n');
    expect((await repository.call(['init', 'flask', '--force'])).code).toBe(0);
    repository.write('other/.devfile.yaml', 'mine\n');
    repository.write('other/main.py', '');
    expect((await repository.call(['init', 'other'])).code).toBe(2);
  });

  it('reads nothing outside the folder, nothing huge, and survives strange files', async () => {
    repository.write('outside/package.json', '{"dependencies": {"next": "1"}}');
    mkdirSync(pathOf('odd/sub'), { recursive: true });
    symlinkSync(pathOf('outside/package.json'), pathOf('odd/package.json'));
    symlinkSync(pathOf('outside'), pathOf('odd/link'));
    symlinkSync('/dev/zero', pathOf('odd/go.mod'));
    writeFileSync(pathOf('odd/Cargo.toml'), 'x'.repeat(1_000_000));
    writeFileSync(pathOf('odd/\u001b[31m.csproj'), '');
    const { code, stdout, stderr } = await repository.call(['init', 'odd', '-o', 'json', '--dry-run']);
    expect(code).toBe(0);
    expect(expectSchema('init', stdout)).toMatchObject({ recognised: { language: '.NET', others: [] } });
    expect(stderr).not.toContain('\u001b');
  });

  it('says what to do where nothing is recognised', async () => {
    mkdirSync(pathOf('empty'));
    const { code, stderr } = await repository.call(['init', 'empty']);
    expect(code).toBe(1);
    expect(stderr).toContain('NOTHING_RECOGNISED');
    expect((await repository.call(['init', 'none'])).code).toBe(2);
    expect((await repository.call(['init', 'flask', '--starter', 'a'])).code).toBe(2);
  });

  it('takes a stack that Devstead brings, without a word of what is there', async () => {
    const { stdout, code, stderr } = await repository.call([
      'init',
      '--stack',
      'python-fastapi',
      'fresh',
      '-o',
      'json',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    const result = expectSchema('init', stdout);
    expect(result).toMatchObject({ stack: { registry: 'own', name: 'python-fastapi' } });
    expect(result['written']).toContain('devfile.yaml');
    expect((await repository.call(['check', '--profile', 'strict', 'fresh'])).code).toBe(0);
    const began = await repository.call([
      'init',
      '--stack',
      'python-fastapi',
      '--starter',
      'fastapi-starter',
      'begun',
      '-o',
      'json',
    ]);
    expect(began.code).toBe(0);
    expect(expectSchema('init', began.stdout)).toMatchObject({ stack: { starter: 'fastapi-starter' } });
    expect(readdirSync(pathOf('begun')).length).toBeGreaterThan(1);
    expect(readFileSync(pathOf('begun/devfile.yaml'), 'utf8')).toBe(JSON.parse(began.stdout).devfile);
    const words = ['init', '--stack', 'python-fastapi', '--starter'];
    expect((await repository.call([...words, 'fastapi-starter', 'begun'])).code).toBe(2);
    expect((await repository.call([...words, 'none', 'other-folder'])).code).toBe(2);
    expect(readdirSync(repository.folder).filter((name) => name.includes('other-folder'))).toEqual([]);
    repository.write('taken/devfile.yaml', 'mine\n');
    expect((await repository.call(['init', '--stack', 'python-fastapi', 'taken'])).code).toBe(2);
    expect((await repository.call(['init', '--stack', 'python-fastap', 'x'])).code).toBe(2);
  });
});
