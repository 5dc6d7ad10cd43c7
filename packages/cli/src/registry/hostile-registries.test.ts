import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { folderSource, prepareRegistry } from '@devstead/registry';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeZip } from '../../../runtime/src/projects/zip-archive.fixture.ts';
import { makeTar } from '../../../testing/src/make-tar.ts';
import { readSettings } from '../settings.ts';
import { TestRepository } from '../test-workspace.fixture.ts';
import { makeRegistryWorld } from './registry-world.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const devfile = 'schemaVersion: 2.2.0\nmetadata: { name: go }\n';
const entry = (change: object = {}): string =>
  JSON.stringify([
    {
      name: 'go',
      type: 'stack',
      versions: [
        {
          version: '1.0.0',
          default: true,
          schemaVersion: '2.2.0',
          links: { self: 'devfile-catalog/go:1.0.0' },
          ...change,
        },
      ],
    },
  ]);

describe('a registry that means harm', () => {
  let repository: TestRepository;
  let server: Server;
  let answers: Map<string, string | Buffer | Answer>;
  let address: string;
  const sockets = new Set<import('node:net').Socket>();
  beforeEach(async () => {
    repository = new TestRepository();
    answers = new Map<string, string | Buffer | Answer>([
      ['/v2index', entry()],
      ['/v2index/all', entry()],
      ['/devfiles/go', devfile],
    ]);
    server = createServer((request, response) => {
      const answer = answers.get(request.url ?? '');
      if (typeof answer === 'function') answer(request, response);
      else if (answer === undefined) response.writeHead(404).end();
      else response.end(answer);
    });
    server.on('connection', (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    repository.remove();
  });

  const call = async (...args: readonly string[]) => {
    const called = await repository.call(['registry', ...args, '--registry', address, '-o', 'json']);
    return { ...called, value: JSON.parse(called.stdout) as Record<string, unknown> };
  };
  const expectFailure = async (code: string, ...args: readonly string[]): Promise<void> => {
    expect((await call(...args)).value).toMatchObject({ schemaVersion: 'error/v1', code });
  };

  it('is named when it is down, and the rest is listed', async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    const { code, value } = await call('list');
    expect([code, value]).toMatchObject([3, { stacks: [], unread: [address] }]);
  });

  it.each([
    ['no JSON', '<html>'],
    ['a text', '"stacks"'],
    ['a number of entries that nobody has', `[${'{},'.repeat(20_000)}{}]`],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x80])],
  ])('is refused when its index is %s', async (_what, index) => {
    answers.set('/v2index', index);
    expect((await call('list')).value).toMatchObject({ unread: [address] });
  });

  it('is refused when its index is larger than it may be', async () => {
    answers.set('/v2index', (_request, response) => {
      response.writeHead(200);
      const piece = Buffer.alloc(2 ** 20, 'x');
      const send = (): void => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once('drain', send);
      };
      send();
    });
    expect((await call('list')).value).toMatchObject({ unread: [address] });
  });

  it('has members of the wrong kind left out, and control characters shown', async () => {
    const hostile = [
      { name: 'go', displayName: 7, tags: 'x', versions: [{ version: {} }, null, 5] },
      null,
      { name: '' },
      { name: 'a\u001b[2J' },
    ];
    answers.set('/v2index', JSON.stringify(hostile));
    const { value } = await call('list');
    expect(value).toMatchObject({ stacks: [{ name: 'go', tags: [], versions: [] }, { name: 'a\u001b[2J' }] });
    const { stdout } = await repository.call(['registry', 'list', '--registry', address]);
    expect(stdout).not.toContain('\u001b');
  });

  it('is given up when it does not answer', async () => {
    answers.set('/v2index', () => undefined);
    const io = repository.io();
    const world = makeRegistryWorld(io, readSettings(io), { registries: [address] });
    const answer = await world.get(`${address}/v2index`, { maxBytes: 1000, timeoutMs: 200 });
    expect(answer).toMatchObject({ status: 'failed', reason: 'it took longer than 0.2 s' });
  });

  it('is not asked where a stack names an address of this machine', async () => {
    const io = repository.io();
    const answer = await makeRegistryWorld(io, readSettings(io)).get(`${address}/v2index`, {
      maxBytes: 1000,
      isNamedByStack: true,
    });
    expect(answer.status).toBe('refused');
  });

  const blob = Buffer.from(devfile);
  const layer = (change: object = {}) => ({
    digest: digestOf(blob),
    size: blob.length,
    annotations: { 'org.opencontainers.image.title': 'devfile.yaml' },
    ...change,
  });
  const offer = (layers: unknown, content: Buffer = blob): void => {
    answers.set('/v2/devfile-catalog/go/manifests/1.0.0', JSON.stringify({ schemaVersion: 2, layers }));
    answers.set(`/v2/devfile-catalog/go/blobs/${digestOf(blob)}`, content);
    answers.set(`/v2/devfile-catalog/go/blobs/${digestOf(content)}`, content);
  };

  it('has a stack pulled whose digests are true', async () => {
    offer([layer()]);
    expect((await call('pull', 'go')).value).toMatchObject({ files: ['devfile.yaml'] });
  });

  const lies: readonly { readonly what: string; readonly layers: unknown; readonly content?: Buffer }[] = [
    {
      what: 'another content than its digest says',
      layers: [layer()],
      content: Buffer.from(devfile.replace('go', 'GO')),
    },
    { what: 'more than it says', layers: [layer()], content: Buffer.from(`${devfile}\n#`) },
    {
      what: 'a name that leads elsewhere',
      layers: [layer({ annotations: { 'org.opencontainers.image.title': '../evil' } })],
    },
    { what: 'the name of a folder', layers: [layer({ annotations: { 'org.opencontainers.image.title': 'a/b' } })] },
    { what: 'no name', layers: [layer({ annotations: {} })] },
    { what: 'a size that is none', layers: [layer({ size: -1 })] },
    { what: 'more than a stack may be', layers: [layer({ size: 2 ** 40 })] },
    { what: 'a digest that is none', layers: [layer({ digest: 'md5:0' })] },
    { what: 'the same file twice', layers: [layer(), layer()] },
    { what: 'no layers', layers: {} },
  ];
  it.each(lies)('is refused when it sends $what, and nothing is left', async ({ layers, content }) => {
    offer(layers, content);
    await expectFailure('STACK_REGISTRY_FAILED', 'pull', 'go');
    expect(readdirSync(repository.folder)).toEqual(['devfile.yaml']);
  });

  it.each([
    ['a path that leads out', makeTar([{ path: '../evil', content: 'x' }])],
    ['an absolute path', makeTar([{ path: '/tmp/evil', content: 'x' }])],
    ['a link', makeTar([{ path: 'a', flag: '2', link: '/etc' }])],
    ['a file of Git', makeTar([{ path: '.git/config', content: 'x' }])],
    ['a bomb', gzipSync(Buffer.alloc(100 * 2 ** 20))],
    ['no archive', Buffer.from('nothing of the kind'.repeat(60))],
  ])('is refused when the archive of a stack has %s', async (_what, archive) => {
    const packed = archive[0] === 0x1f ? archive : gzipSync(archive);
    const title = { 'org.opencontainers.image.title': 'archive.tar' };
    offer([layer(), { digest: digestOf(packed), size: packed.length, annotations: title }], packed);
    answers.set(`/v2/devfile-catalog/go/blobs/${digestOf(blob)}`, blob);
    await expectFailure('STACK_REGISTRY_FAILED', 'pull', 'go');
    expect(existsSync(join(repository.root, 'evil'))).toBe(false);
  });

  it.each([
    ['leads out', writeZip([{ name: '../evil', data: 'x' }])],
    ['is a bomb', writeZip([{ name: 'a', data: Buffer.alloc(200 * 2 ** 20) }])],
    ['is no archive', Buffer.from('nothing')],
  ])('has no starter project unpacked that %s', async (_what, archive) => {
    offer([layer()]);
    answers.set('/devfiles/go/starter-projects/hello', archive);
    await expectFailure('ARCHIVE_REFUSED', 'pull', 'go', '--starter', 'hello');
    expect(readdirSync(repository.folder)).toEqual(['devfile.yaml']);
    expect(existsSync(join(repository.root, 'evil'))).toBe(false);
  });

  it('says what is not there, and what may be meant', async () => {
    const { value } = await call('show', 'goo');
    expect(value).toMatchObject({ code: 'STACK_NOT_FOUND', hint: expect.stringContaining('go') });
    await expectFailure('STACK_NOT_FOUND', 'show', 'go:9.0.0');
    await expectFailure('USAGE', 'show', 'go/../x');
  });

  it.each([
    ['leads out', writeZip([{ name: '../evil', data: 'x' }])],
    ['is a bomb', writeZip([{ name: 'a', data: Buffer.alloc(200 * 2 ** 20) }])],
  ])('is not passed on: an archive in a stack that %s is answered with 502', async (_what, archive) => {
    const place = join(repository.root, 'stacks-folder/stacks/go');
    mkdirSync(place, { recursive: true });
    writeFileSync(
      join(place, 'devfile.yaml'),
      'schemaVersion: 2.2.0\nmetadata: { name: go, version: 1.0.0, displayName: Go, language: Go, projectType: go }\n' +
        'starterProjects: [{ name: hello, zip: { location: hello.zip } }]\n',
    );
    writeFileSync(join(place, 'hello.zip'), archive);
    const io = repository.io();
    const registry = await prepareRegistry({
      sources: [folderSource(join(repository.root, 'stacks-folder'))],
      cacheFolder: join(repository.root, 'starters'),
      world: makeRegistryWorld(io, readSettings(io)),
      logLevel: 'silent',
    });
    const answer = await registry.app.inject('/devfiles/go/starter-projects/hello');
    await registry.stop();
    expect(answer.statusCode).toBe(502);
    expect(readdirSync(join(repository.root, 'starters'))).toEqual([]);
  });
});
