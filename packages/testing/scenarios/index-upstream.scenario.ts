import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FakeUpstream, type Fault } from '../src/python/fake-upstream.ts';
import { IndexClient } from '../src/python/index-client.ts';
import { IndexServer } from '../src/python/index-server.ts';
import { type Distribution, makeSdist, makeWheel } from '../src/python/make-distribution.ts';
import { portOf } from '../src/tcp-port.ts';

describe('an index whose upstream fails must never give a wrong answer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'devstead-index-'));
  let upstream: FakeUpstream;
  let index: IndexServer;
  let client: IndexClient;
  let secrets: Server;
  const secretsAsked: string[] = [];
  let count = 0;

  beforeAll(async () => {
    upstream = await FakeUpstream.start();
    index = await IndexServer.start({ folder, upstream: upstream.simple });
    client = new IndexClient(index.address);
    await client.must('PUT', '/root/stable', { bases: 'root/pypi' });
    secrets = createServer((request, response) => {
      secretsAsked.push(request.url ?? '');
      response.end('<html><a href="/secret-1.0-py3-none-any.whl">secret-1.0-py3-none-any.whl</a></html>');
    });
    await new Promise<void>((resolve) => secrets.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    upstream.fault = () => undefined;
    if (!upstream.isUp) await upstream.recover();
  });
  afterAll(async () => {
    await index?.stop();
    await upstream?.stop();
    secrets?.closeAllConnections();
    secrets?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A project of the world that nobody has asked for. */
  const addProject = (paddingBytes?: number): Distribution => {
    count += 1;
    const plan = { name: `project-${count}`, version: '1.0', ...(paddingBytes === undefined ? {} : { paddingBytes }) };
    upstream.add(makeSdist(plan));
    return upstream.add(makeWheel(plan));
  };
  const twenty = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 20 }, work));
  const failWith = (fault: Fault, isMeant: (path: string) => boolean): void => {
    upstream.fault = (path) => (isMeant(path) ? fault : undefined);
  };
  const isPage = (path: string): boolean => path.startsWith('/simple/');
  const isFile = (path: string): boolean => path.startsWith('/packages/') && !path.endsWith('.metadata');

  it.each(['root/pypi', 'root/stable'])(
    'twenty first requests of %s get twenty right answers for one request',
    async (stage) => {
      const wheel = addProject(300_000);
      failWith({ kind: 'slow', ms: 100 }, () => true);
      const pages = await twenty(() => client.filenames(stage, wheel.name));
      expect(new Set(pages.map(String))).toEqual(
        new Set([`${wheel.filename},${wheel.filename.replace('-py3-none-any.whl', '.tar.gz')}`]),
      );
      expect(upstream.count(`/simple/${wheel.name}/`)).toBe(1);
      const url = await client.locate(stage, wheel.name, wheel.filename);
      const files = await twenty(() => client.download(url));
      expect(new Set(files.map(({ status, sha256 }) => `${status} ${sha256}`))).toEqual(
        new Set([`200 ${wheel.sha256}`]),
      );
      expect(upstream.count(upstream.pathOf(wheel))).toBe(1);
      const other = addProject(300_000);
      const metadata = await twenty(async () =>
        (await fetch(`${await client.locate(stage, other.name, other.filename)}.metadata`)).text(),
      );
      expect(new Set(metadata)).toEqual(new Set([other.metadata]));
      expect(upstream.count(upstream.pathOf(other))).toBe(1);
    },
  );

  it('a project that upstream does not have is 404, and is looked for once', async () => {
    const answers = await twenty(() => client.page('root/pypi', 'nowhere'));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    expect(upstream.count('/simple/nowhere/')).toBe(1);
  });

  it('down: what is known is served and says that it is old, what is not known is 502, and the first after it is right', async () => {
    await client.must('PATCH', '/root/pypi', ['mirror_cache_expiry=0']);
    const known = addProject();
    const unknown = addProject();
    const url = await client.locate('root/stable', known.name, known.filename);
    expect((await client.download(url)).status).toBe(200);
    const fresh = await client.page('root/stable', known.name);
    await upstream.goDown();
    for (const stage of ['root/pypi', 'root/stable']) {
      const stale = await client.page(stage, known.name);
      expect(stale.status).toBe(200);
      expect(stale.headers.get('warning') ?? stale.headers.get('x-devstead-stale')).not.toBeNull();
      expect((await client.page(stage, unknown.name)).status).toBe(502);
      expect((await client.page(stage, unknown.name, 'text/html')).status).toBe(502);
    }
    expect(await client.files('root/stable', known.name)).toEqual((JSON.parse(fresh.text) as { files: unknown }).files);
    expect((await client.download(url)).sha256).toBe(known.sha256);
    await upstream.recover();
    expect(await client.filenames('root/stable', unknown.name)).toHaveLength(2);
    const after = await client.page('root/stable', known.name);
    expect([after.status, after.headers.get('warning') ?? after.headers.get('x-devstead-stale')]).toEqual([200, null]);
    await client.must('PATCH', '/root/pypi', ['mirror_cache_expiry=1800']);
  });

  const badFiles: [string, Fault][] = [
    ['truncated', { kind: 'truncated' }],
    ['truncated with the length of what is left', { kind: 'truncated', isHonest: true }],
    ['corrupt', { kind: 'corrupt' }],
    ['shorter than it says', { kind: 'lying-length', bytes: 10_000_000 }],
    ['an error', { kind: 'status', status: 503 }],
    ['a page instead', { kind: 'body', type: 'text/html', body: '<html>log in first</html>' }],
  ];
  it.each(badFiles)(
    'a file that is %s never reaches a client whole, is not kept, and is right when upstream is',
    async (_what, fault) => {
      const wheel = addProject(200_000);
      const url = await client.locate('root/stable', wheel.name, wheel.filename);
      failWith(fault, isFile);
      for (const { status } of await twenty(() => client.download(url))) expect(status).toBe(502);
      upstream.fault = () => undefined;
      expect(await client.download(url)).toMatchObject({ status: 200, sha256: wheel.sha256 });
    },
  );

  const badPages: [string, () => Fault][] = [
    ['not HTML', () => ({ kind: 'body', type: 'application/octet-stream', body: '\u0000\u0001' })],
    ['JSON that is none', () => ({ kind: 'body', type: 'application/vnd.pypi.simple.v1+json', body: '{"files": 3' })],
    ['truncated', () => ({ kind: 'truncated' })],
    ['endless', () => ({ kind: 'endless' })],
    ['an error', () => ({ kind: 'status', status: 500 })],
    ['denied', () => ({ kind: 'status', status: 403 })],
    [
      'a redirect to a private service',
      () => ({ kind: 'redirect', to: `http://127.0.0.1:${portOf(secrets)}/secret/` }),
    ],
    ['a redirect to the address of the machine', () => ({ kind: 'redirect', to: 'http://169.254.169.254/latest/' })],
    ['a redirect by another name', () => ({ kind: 'redirect', to: `http://[::ffff:127.0.0.1]:${portOf(secrets)}/` })],
    ['a redirect to a file', () => ({ kind: 'redirect', to: 'file:///etc/passwd' })],
    ['a redirect to itself', () => ({ kind: 'redirect', to: '?' })],
  ];
  it.each(badPages)(
    'a page that is %s is 502, never an empty page, and right when upstream is',
    async (_what, fault) => {
      const wheel = addProject();
      failWith(fault(), isPage);
      const answer = await client.page('root/stable', wheel.name);
      expect([answer.status, answer.text]).toEqual([502, expect.stringContaining('"message"')]);
      upstream.fault = () => undefined;
      expect(await client.filenames('root/stable', wheel.name)).toContain(wheel.filename);
      expect(secretsAsked).toEqual([]);
    },
  );

  it('a link to a private service is never followed', async () => {
    const port = portOf(secrets);
    const body = `<html><a href="http://127.0.0.1:${port}/links-1.0-py3-none-any.whl">links-1.0-py3-none-any.whl</a></html>`;
    failWith({ kind: 'body', type: 'text/html', body }, isPage);
    for (const { url } of await client.files('root/pypi', 'links')) {
      const file = new URL(url, `${index.address}/root/pypi/+simple/links/`).href;
      expect((await client.download(file)).status).toBe(502);
      expect((await client.download(`${file}.metadata`)).status).not.toBe(200);
    }
    expect(secretsAsked).toEqual([]);
  });

  it('validators are used where there are any, and an older serial is not taken', async () => {
    upstream.settings = { hasJson: true, hasEtag: true, hasSerial: true };
    await client.must('PATCH', '/root/pypi', ['mirror_cache_expiry=0']);
    const wheel = addProject();
    const first = await client.page('root/pypi', wheel.name);
    const second = await client.page('root/pypi', wheel.name);
    expect([first.status, second.text]).toEqual([200, first.text]);
    const asked = upstream.asked.filter(({ path }) => path === `/simple/${wheel.name}/`);
    expect(asked.at(-1)?.headers['if-none-match']).toBeDefined();
    expect(JSON.parse(first.text)).toMatchObject({
      versions: ['1.0'],
      files: expect.arrayContaining([expect.objectContaining({ size: wheel.content.length })]) as unknown,
    });
    upstream.settings = {};
    await client.must('PATCH', '/root/pypi', ['mirror_cache_expiry=1800']);
  });

  it('must be small after all that and have left nothing half done', () => {
    const status = readFileSync(`/proc/${index.pid}/status`, 'utf8');
    expect(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024).toBeLessThan(250);
  });
});
