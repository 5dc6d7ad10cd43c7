import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { targets } from '@devstead/environment/export';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeLine } from '../completion/complete-line.ts';
import { expectSchema } from '../output-schema.fixture.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

const compose = `services:
  web:
    image: docker.io/library/python:3.11
    user: "1000"
    volumes: [".:/app"]
    ports: ["8000:8000"]
`;

describe('devstead convert', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
    repository.write('compose.yaml', compose);
  });
  afterEach(() => repository.remove());

  it('prints the file, and what it cannot hold with the line it is about', async () => {
    const { code, stdout, stderr } = await repository.call(['convert', '--to', 'devfile', 'compose.yaml']);
    expect(code).toBe(0);
    expect(stdout).toContain('schemaVersion: 2.2.2\n');
    expect(stdout).toContain('sourceMapping: /app\n');
    expect(stderr).toContain('compose.yaml:4:');
    expect(stderr).toContain('convert.dropped');
    const quiet = await repository.call(['convert', '-q', '--to', 'devfile2', 'compose.yaml']);
    expect([quiet.stdout, quiet.stderr]).toEqual([stdout, '']);
  });

  it('writes a devfile 1.0.0 as one of 2.x, and says what could not be kept', async () => {
    repository.write(
      'old.yaml',
      `apiVersion: 1.0.0
metadata: { generateName: shop- }
components:
  - { type: dockerimage, alias: web, image: example/web, memoryLimit: 1Gi, env: [{ name: PROJECT_SOURCE, value: x }] }
commands:
  - { name: 1. Run, actions: [{ type: exec, component: web, command: make }] }
`,
    );
    const { code, stdout } = await repository.call(['convert', '--to', 'devfile2', 'old.yaml', '-o', 'json']);
    expect(code).toBe(0);
    const result = expectSchema('convert', stdout) as {
      from: unknown;
      files: { text: string }[];
      diagnostics: { code: string; line: number }[];
    };
    expect(result.from).toEqual({ format: 'devfile', version: '1.0.0', file: 'old.yaml' });
    expect(result.files[0]?.text).toContain('schemaVersion: 2.2.2\nmetadata:\n  name: shop\n');
    expect(result.diagnostics.map((one) => `${one.line} ${one.code}`)).toEqual(['4 convert.dropped']);
    const flat = await repository.call(['flatten', 'old.yaml']);
    expect(JSON.parse(flat.stdout)).toMatchObject({ schemaVersion: '2.2.2', commands: [{ id: '1-run' }] });
  });

  it('prints the files with the list as JSON', async () => {
    const { stdout } = await repository.call(['convert', '--to', 'devfile2', 'compose.yaml', '-o', 'json']);
    const result = expectSchema('convert', stdout);
    expect(result).toMatchObject({
      from: { format: 'compose', version: 'spec', file: 'compose.yaml' },
      to: 'devfile',
      files: [{ path: 'devfile.yaml' }],
    });
    expect(result['diagnostics']).toContainEqual(
      expect.objectContaining({ code: 'convert.dropped', path: 'containers.web.service.user', line: 4 }),
    );
  });

  it('writes files, leaves those alone that are the same, and replaces others only when told to', async () => {
    const write = (...words: string[]) =>
      repository.call(['convert', '--to', 'devfile', 'compose.yaml', '--write', 'out', '-o', 'json', ...words]);
    const target = join(repository.folder, 'out/devfile.yaml');
    expect(expectSchema('convert', (await write()).stdout)).toMatchObject({ writing: { written: ['devfile.yaml'] } });
    const text = readFileSync(target, 'utf8');
    expect(expectSchema('convert', (await write()).stdout)).toMatchObject({ writing: { unchanged: ['devfile.yaml'] } });
    repository.write('out/devfile.yaml', 'mine\n');
    expect((await write()).code).toBe(2);
    expect(readFileSync(target, 'utf8')).toBe('mine\n');
    expect((await write('--force')).code).toBe(0);
    expect(readFileSync(target, 'utf8')).toBe(text);
  });

  it('replaces a link itself, not what it leads to', async () => {
    mkdirSync(join(repository.root, 'elsewhere'));
    symlinkSync(join(repository.root, 'elsewhere/devfile.yaml'), join(repository.folder, 'out.yaml'));
    mkdirSync(join(repository.folder, 'out'));
    symlinkSync(join(repository.root, 'elsewhere/devfile.yaml'), join(repository.folder, 'out/devfile.yaml'));
    const words = ['convert', '--to', 'devfile', 'compose.yaml', '--write', 'out'];
    expect((await repository.call(words)).code).toBe(2);
    expect((await repository.call([...words, '--force'])).code).toBe(0);
    expect(existsSync(join(repository.root, 'elsewhere/devfile.yaml'))).toBe(false);
  });

  it('gives a devfile with what its parents bring', async () => {
    repository.write('base.yaml', 'schemaVersion: 2.2.0\ncomponents: [{name: a, container: {image: x}}]\n');
    repository.write('child.devfile.yaml', 'schemaVersion: 2.2.0\nmetadata: {name: c}\nparent: {uri: base.yaml}\n');
    const { code, stdout } = await repository.call(['convert', '--to', 'devfile', 'child.devfile.yaml']);
    expect(code).toBe(0);
    expect(stdout).toContain('image: x');
    expect(stdout).not.toContain('parent:');
  });

  it('refuses formats that are not there, and sources with errors', async () => {
    const unknown = await repository.call(['convert', '--to', 'devfil']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('devfile');
    expect((await repository.call(['convert'])).code).toBe(2);
    expect((await repository.call(['convert', '--to', 'devfile', 'none.yaml'])).code).toBe(2);
    repository.write('compose.yaml', 'services: {a: {image: 1, nonsense: 2}}\n');
    const broken = await repository.call(['convert', '--to', 'devfile', 'compose.yaml']);
    expect([broken.code, broken.stdout]).toEqual([1, '']);
  });

  it('reads a devcontainer.json, and up says so where there is nothing else', async () => {
    repository.write(
      'box/.devcontainer/devcontainer.json',
      '{"image": "x", "forwardPorts": [80], "features": {"f": {}}} // c\n',
    );
    const { stdout, code } = await repository.call(['convert', '--to', 'devfile', 'box', '-o', 'json']);
    expect(code).toBe(0);
    const result = expectSchema('convert', stdout);
    expect(result).toMatchObject({ from: { format: 'devcontainer', file: 'box/.devcontainer/devcontainer.json' } });
    expect(result['diagnostics']).toContainEqual(expect.objectContaining({ code: 'devcontainer.feature', line: 1 }));
    const broken = repository.write('bad/devcontainer.json', '{"image": [}');
    expect((await repository.call(['convert', '--to', 'devfile', broken])).code).toBe(1);
    repository.write('../alone/.devcontainer.json', '{"image": "x"}');
    const up = await repository.call(['up', '../alone']);
    expect([up.code, up.stderr.includes('devstead convert --to devfile --write .')]).toEqual([2, true]);
  });

  it('completes the formats', async () => {
    const { candidates } = await completeLine(repository.io(), ['convert', '--to', '']);
    expect(candidates.map(({ value }) => value)).toEqual(targets.map(({ name }) => name));
  });
});

describe('the table of formats', () => {
  it('has each word once', () => {
    const words = targets.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(words).size).toBe(words.length);
  });
});
