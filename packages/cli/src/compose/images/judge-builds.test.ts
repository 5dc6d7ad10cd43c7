import type { Container } from '@devstead/environment';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestRepository } from '../../test-workspace.fixture.ts';
import { readSignal } from '../verbs/define-kill.ts';
import { judgeBuilds } from './judge-builds.ts';

describe('images that would be built', () => {
  const make = (name: string): Container =>
    ({ name, image: `shop-${name}`, service: { build: { context: '/work/shop', args: [] } } }) as unknown as Container;
  const plain = { name: 'db', image: 'postgres' } as Container;
  const provenance = { 'containers.web.service.build.context': [{ kind: 'file', file: 'c.yaml', line: 4, column: 5 }] };

  it('are those of services with a build, each with what stands in for it or its place', () => {
    const find = (reference: string) =>
      reference === 'shop-api' ? ({ from: 'recipe', name: 'python', reason: 'because' } as const) : undefined;
    const { found, diagnostics } = judgeBuilds(
      { containers: [make('web'), make('api'), plain], provenance: provenance as never },
      find,
    );
    expect(found).toEqual([{ service: 'api', reason: 'because' }]);
    expect(diagnostics).toMatchObject([
      { code: 'compose.not-built', severity: 'error', file: 'c.yaml', line: 4, column: 5, path: 'services.web.build' },
    ]);
  });
});

describe('verbs that start nothing', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
    repository.write(
      'compose.yaml',
      'name: shop\nservices:\n  web:\n    build: .\n  api: {build: ., image: "python:3.12"}\n  db: {image: postgres}\n',
    );
  });
  afterEach(() => repository.remove());
  const call = (...words: string[]) => repository.call(['compose', ...words]);

  it('say what is not built with its line, and end with 1', async () => {
    const { code, stderr } = await call('build');
    expect(code).toBe(1);
    expect(stderr).toContain('compose.not-built');
    expect(stderr).toContain('compose.yaml:4:');
  });

  it('end with 0 where something stands in, or nothing is to be built', async () => {
    expect(await call('build', 'api')).toMatchObject({ code: 0, stderr: expect.stringContaining('python') });
    expect(await call('build', 'db')).toMatchObject({ code: 0 });
  });

  it('leave images that a recipe stands in for', async () => {
    expect(await call('pull', 'db')).toMatchObject({ code: 0, stderr: expect.stringContaining('postgres') });
  });

  it.each([
    [['images', '--format', 'json'], 0, '[]\n'],
    [['images', '-q'], 0, ''],
    [['ls', '-a', '-q'], 0, ''],
    [['ls', '--format', 'json'], 0, '[]\n'],
    [['version', '--short'], 0, '0.1.0\n'],
    [['version', '-f', 'json'], 0, '{"version":"v0.1.0"}\n'],
    [['rm', '-f'], 0, ''],
    [['kill'], 1, ''],
    [['kill', '-s', 'NOPE'], 1, ''],
    [['images', 'nope'], 1, ''],
    [['run', 'nope'], 1, ''],
    [['run', '--name', 'A B', 'db'], 1, ''],
  ])('%j', async (words, code, stdout) => {
    expect(await call(...words)).toMatchObject({ code, stdout });
  });
});

describe('a signal', () => {
  it.each([
    ['HUP', 'SIGHUP'],
    ['sigterm', 'SIGTERM'],
    ['9', 'SIGKILL'],
  ])('%s is %s', (text, expected) => {
    expect(readSignal(text)).toBe(expected);
  });
});
