import type { Container } from '@devstead/environment';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestRepository } from '../../test-workspace.fixture.ts';
import { readSignal } from '../verbs/changing/define-kill.ts';
import { readBuildOrders } from './build-orders.ts';

describe('images that are built', () => {
  const make = (name: string, build: object, image = `shop-${name}`): Container =>
    ({ name, image, service: { build: { context: '/work/shop', args: [], ...build } } }) as unknown as Container;
  const plain = { name: 'db', image: 'postgres' } as Container;
  const provenance = { 'containers.web.service.build.context': [{ kind: 'file', file: 'c.yaml', line: 4, column: 5 }] };

  it('are those of services with a build, each once', () => {
    const { orders, diagnostics } = readBuildOrders({
      containers: [
        make('web', {
          dockerfile: 'docker/web',
          target: 'run',
          args: [{ name: 'A', value: '1' }],
          extraHosts: ['a=1.2.3.4'],
        }),
        make('worker', {}, 'shop-web'),
        make('inline', { dockerfileInline: 'FROM scratch', noCache: true, network: 'none', tags: ['other:1'] }),
        plain,
      ],
      provenance: {},
    });
    expect(diagnostics).toEqual([]);
    expect(orders.map(({ service }) => service)).toEqual(['web', 'inline']);
    expect(orders[0]?.order).toMatchObject({
      context: '/work/shop',
      dockerfile: '/work/shop/docker/web',
      target: 'run',
      args: new Map([['A', '1']]),
      addHosts: ['a:1.2.3.4'],
    });
    expect(orders[1]?.order).toMatchObject({
      inline: 'FROM scratch',
      isFresh: true,
      network: 'none',
      tags: ['other:1'],
    });
  });

  it.each([
    [{ context: 'https://example.com/shop.tar.gz' }],
    [{ contexts: [{ name: 'more', value: 'oci-layout://x' }] }],
    [{ platforms: ['linux/s390x', 'linux/riscv64'] }],
  ])('are told where nothing can be built: %j', (build) => {
    const { orders, diagnostics } = readBuildOrders({
      containers: [make('web', build)],
      provenance: provenance as never,
    });
    expect(orders).toEqual([]);
    expect(diagnostics).toMatchObject([
      { code: 'compose.not-built', severity: 'error', file: 'c.yaml', line: 4, column: 5, path: 'services.web.build' },
    ]);
  });

  it('are built without what has no effect here, and this is said', () => {
    const build = {
      network: 'shop_back',
      platforms: ['linux/s390x', `linux/${{ x64: 'amd64' }[process.arch as string] ?? process.arch}`],
    };
    const { orders, diagnostics } = readBuildOrders({ containers: [make('web', build)], provenance: {} });
    expect(orders).toMatchObject([{ order: { network: 'default' } }]);
    expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'warning compose.built-otherwise',
      'warning compose.built-otherwise',
    ]);
  });

  it('are of repositories and other images too, what they are built from first', () => {
    const web = make('web', {
      context: 'https://example.com/shop.git#main:web',
      dockerfile: 'docker/web',
      contexts: [
        { name: 'base', value: 'service:base' },
        { name: 'tools', value: 'docker-image://alpine:3' },
      ],
      ssh: [{ id: 'default' }, { id: 'other', path: '/keys/other' }],
      shmSizeBytes: 1024,
      ulimits: [{ name: 'nofile', soft: 5, hard: 6 }],
    });
    const { orders, diagnostics } = readBuildOrders({ containers: [web, make('base', {})], provenance: {} });
    expect(diagnostics).toEqual([]);
    expect(orders.map(({ service }) => service)).toEqual(['base', 'web']);
    expect(orders[1]).toMatchObject({
      keys: ['default', 'other=/keys/other'],
      order: {
        dockerfile: 'docker/web',
        contexts: new Map([
          ['base', 'docker-image://shop-base'],
          ['tools', 'docker-image://alpine:3'],
        ]),
        shmSizeBytes: 1024,
        ulimits: [{ name: 'nofile', soft: 5, hard: 6 }],
      },
    });
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

  it('say which Dockerfile is not there', async () => {
    const { code, stderr } = await call('build', 'web');
    expect(code).toBe(1);
    expect(stderr).toContain('Dockerfile');
  });

  it('end with 0 where nothing is to be built', async () => {
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
    [['run', '-v', 'a:b', 'db'], 1, ''],
    [['run', '-P', '-p', '80', 'db'], 1, ''],
    [['run', '--env-from-file', 'nope.env', 'db'], 1, ''],
    [['up', '-d', '--exit-code-from', 'db'], 1, ''],
    [['up', '--force-recreate', '--no-recreate'], 1, ''],
    [['up', '--exit-code-from', 'nope'], 1, ''],
    [['up', '-V'], 1, ''],
    [['--dry-run', 'restart'], 1, ''],
    [['--compatibility', 'ps'], 1, ''],
    [['exec', '--privileged', 'db', 'id'], 1, ''],
    [['ps', '--status', 'walking'], 1, ''],
    [['ps', '--filter', 'name=db'], 1, ''],
    [['ps', '--format', 'table {{.Name}}'], 0, 'NAME\n'],
    [['volumes', '-q'], 0, ''],
    [['port', 'db'], 0, ''],
  ])('%j', async (words, code, stdout) => {
    expect(await call(...words)).toMatchObject({ code, stdout });
  });
});

describe('pull_policy', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  it.each([
    ['never', []],
    ['missing', ['--pull', 'never']],
  ])('%s with %j asks no registry for what is not here, and names the line', async (policy, words) => {
    repository.write(
      'compose.yaml',
      `services:\n  web:\n    image: registry.invalid/a/b:1\n    pull_policy: ${policy}\n`,
    );
    const { code, stderr } = await repository.call(['compose', 'up', '-d', ...words]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/IMAGE_NOT_FOUND .*"registry\.invalid\/a\/b:1" of web/);
    expect(stderr).toContain('compose.yaml:3');
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
