import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMetadata, makeWheel } from '../../metadata/make-archives.fixture.ts';
import { prepareServer, type RunningServer } from '../../start-server.ts';
import { type FakeUpstream, startFakeUpstream } from './fake-upstream.fixture.ts';

const json = 'application/vnd.pypi.simple.v1+json';
const wheelName = 'six-1.0-py3-none-any.whl';
const wheel = makeWheel('six', '1.0');

let upstream: FakeUpstream;
let server: RunningServer;
let folder: string;
let nowMs: number;

beforeEach(async () => {
  upstream = await startFakeUpstream();
  upstream.files.set(wheelName, { content: wheel });
  folder = await mkdtemp(join(tmpdir(), 'devstead-mirror-'));
  nowMs = Date.parse('2026-01-01T00:00:00Z');
  await start();
});

afterEach(async () => {
  await server.stop();
  await upstream.close();
  await rm(folder, { recursive: true });
});

/** Upstream answers as soon as the machine lets it: only where it shall be too slow is the wait a short one. */
const patient = { stallMs: 60_000, patienceMs: 60_000, fileWaitMs: 60_000 };

async function start(waits: Partial<typeof patient> = {}): Promise<void> {
  server = await prepareServer({
    folder,
    rootPassword: 'secret',
    passwordCost: { N: 2, r: 8, p: 1 },
    version: '0',
    logLevel: 'silent',
    upstreamUrl: upstream.url.replace('//', '//user:hidden@'),
    upstream: { ...patient, ...waits },
    clock: { now: () => nowMs },
  });
}

async function restart(waits: Partial<typeof patient> = {}): Promise<void> {
  await server.stop();
  await start(waits);
}

function get(url: string, headers: Record<string, string> = {}) {
  return server.app.inject({ url, headers });
}

function getPage(project = 'six') {
  return get(`/root/pypi/+simple/${project}/`, { accept: json });
}

interface PageFile {
  readonly filename: string;
  readonly url: string;
  readonly 'core-metadata'?: unknown;
}

async function findFile(name = wheelName): Promise<string> {
  const page = await getPage(name.split('-')[0]);
  const file = page.json<{ files: PageFile[] }>().files.find(({ filename }) => filename === name);
  return new URL(file?.url ?? '', 'http://x/root/pypi/+simple/six/').pathname;
}

function configure(changes: readonly string[]) {
  const authorization = `Basic ${Buffer.from('root:secret').toString('base64')}`;
  return server.app.inject({
    method: 'PATCH',
    url: '/root/pypi',
    headers: { authorization },
    payload: JSON.stringify(changes),
  });
}

async function countContents(): Promise<number> {
  const names = await readdir(join(folder, 'files'), { recursive: true });
  return names.filter((name) => /[0-9a-f]{64}$|incoming\//.test(name)).length;
}

describe('pages of a mirror', () => {
  it('are answered to twenty at once with one request upstream', async () => {
    upstream.delayMs = 50;
    const pages = await Promise.all(Array.from({ length: 20 }, () => getPage()));
    expect(pages.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(new Set(pages.map(({ body }) => body)).size).toBe(1);
    expect(pages[0]?.json<{ files: PageFile[] }>().files.map(({ filename }) => filename)).toEqual([wheelName]);
    expect(upstream.count('/simple/six/')).toBe(1);
  });

  it('are asked for again when they expire, without validators and with them', async () => {
    await getPage();
    await getPage();
    expect(upstream.count('/simple/six/')).toBe(1);
    nowMs += 1_801_000;
    upstream.hasValidators = true;
    await getPage();
    nowMs += 1_801_000;
    const page = await getPage();
    expect(upstream.count('/simple/six/')).toBe(3);
    expect(upstream.requests.at(-1)?.headers['if-none-match']).toBeDefined();
    expect(page.json<{ files: PageFile[] }>().files).toHaveLength(1);
    upstream.files.set('six-2.0.tar.gz', { content: Buffer.from('x') });
    nowMs += 1_801_000;
    expect((await getPage()).json<{ versions: string[] }>().versions).toEqual(['1.0', '2.0']);
  });

  it('are kept over a restart', async () => {
    await getPage();
    await restart();
    expect((await getPage()).json<{ files: PageFile[] }>().files).toHaveLength(1);
    expect(upstream.count('/simple/six/')).toBe(1);
  });

  it('are served stale while upstream is down, and right at the first request after', async () => {
    await getPage();
    upstream.isDown = true;
    nowMs += 1_801_000;
    const stale = await getPage();
    expect([stale.statusCode, stale.headers['x-devstead-stale']]).toEqual([200, '2026-01-01T00:00:00.000Z']);
    expect(stale.json<{ files: PageFile[] }>().files).toHaveLength(1);
    upstream.isDown = false;
    upstream.files.set('six-2.0.tar.gz', { content: Buffer.from('x') });
    const fresh = await getPage();
    expect(fresh.headers['x-devstead-stale']).toBeUndefined();
    expect(fresh.json<{ files: PageFile[] }>().files).toHaveLength(2);
  });

  it('are 502 while upstream is down and nothing is kept, and right at the first request after', async () => {
    upstream.isDown = true;
    const failed = await getPage();
    expect(failed.statusCode).toBe(502);
    expect(failed.body).not.toContain('hidden');
    upstream.isDown = false;
    expect((await getPage()).json<{ files: PageFile[] }>().files).toHaveLength(1);
  });

  it('are served stale to those who would wait for long', async () => {
    await getPage();
    await restart({ patienceMs: 20 });
    nowMs += 1_801_000;
    const held = Promise.withResolvers<void>();
    upstream.gate = held.promise;
    const stale = await getPage();
    held.resolve();
    expect(stale.headers['x-devstead-stale']).toBeDefined();
  });

  it('are 404 where upstream has no such project, asked for once a minute', async () => {
    expect((await getPage('nosuch')).statusCode).toBe(404);
    expect((await getPage('nosuch')).statusCode).toBe(404);
    expect(upstream.count('/simple/nosuch/')).toBe(1);
    upstream.files.set('nosuch-1.0.tar.gz', { content: Buffer.from('x') });
    nowMs += 61_000;
    expect((await getPage('nosuch')).statusCode).toBe(200);
  });

  const header = { type: 'text/html', body: '' };
  it.each([
    ['no page', { ...header, type: 'image/png' }],
    ['no type', { ...header, type: '' }],
    ['an error', { ...header, status: 500 }],
    ['a refusal', { ...header, status: 403 }],
    ['no JSON', { ...header, type: json, body: '<a>' }],
    ['JSON of another format', { ...header, type: json, body: '{"meta":{"api-version":"2.0"},"files":[]}' }],
    ['broken compression', { ...header, headers: { 'content-encoding': 'gzip' }, body: 'x' }],
    [
      'a page that unpacks to very much',
      { ...header, headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(70 << 20)) },
    ],
    ['a redirect to a private address', { ...header, status: 302, headers: { location: 'http://169.254.169.254/x' } }],
    ['a redirect to another port', { ...header, status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
    ['a redirect to a file', { ...header, status: 302, headers: { location: 'file:///etc/passwd' } }],
    ['redirects without end', { ...header, status: 302, headers: { location: '/simple/bad/' } }],
  ])('are 502 when upstream sends %s', async (_, page) => {
    upstream.pages.set('bad', page);
    expect((await getPage('bad')).statusCode).toBe(502);
    upstream.pages.clear();
    upstream.files.set('bad-1.0.tar.gz', { content: Buffer.from('x') });
    expect((await getPage('bad')).json<{ files: PageFile[] }>().files).toHaveLength(1);
  });

  it('are 502 when upstream sends half a page', async () => {
    upstream.pages.set('bad', { ...header, headers: { 'content-length': '100' }, body: '<a' });
    await restart({ stallMs: 50 });
    expect((await getPage('bad')).statusCode).toBe(502);
    upstream.pages.clear();
    upstream.files.set('bad-1.0.tar.gz', { content: Buffer.from('x') });
    await restart();
    expect((await getPage('bad')).json<{ files: PageFile[] }>().files).toHaveLength(1);
  });

  it('send the login to upstream alone', async () => {
    await getPage();
    expect(upstream.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:hidden').toString('base64')}`);
    const other = await startFakeUpstream();
    upstream.pages.set('six', { ...header, status: 302, headers: { location: other.url } });
    nowMs += 1_801_000;
    await getPage();
    expect(other.requests).toEqual([]);
    await other.close();
  });

  it('refuse an older serial, unless it is to be ignored', async () => {
    const page = (serial: string, body = '') => ({
      type: 'text/html',
      body,
      headers: { 'x-pypi-last-serial': serial },
    });
    upstream.pages.set('a', page('20', '<a href="a-1.0.zip">'));
    expect((await getPage('a')).headers['x-pypi-last-serial']).toBe('20');
    upstream.pages.set('a', page('19'));
    nowMs += 1_801_000;
    const refused = await getPage('a');
    expect([refused.headers['x-devstead-stale'] !== undefined, refused.headers['x-pypi-last-serial']]).toEqual([
      true,
      '20',
    ]);
  });

  it('list what upstream has', async () => {
    const list = await get('/root/pypi/+simple/', { accept: json });
    expect(list.json<{ projects: unknown }>().projects).toEqual([{ name: 'six' }]);
  });

  it('read JSON with sizes and times', async () => {
    upstream.isJson = true;
    upstream.files.set(wheelName, { content: wheel, uploadTime: '2020-01-01T00:00:00Z' });
    expect((await getPage()).json<{ files: unknown[] }>().files[0]).toMatchObject({
      size: wheel.length,
      'upload-time': '2020-01-01T00:00:00Z',
    });
  });
});

describe('files of a mirror', () => {
  it('are answered to twenty at once with one request upstream', async () => {
    const url = await findFile();
    upstream.delayMs = 50;
    const files = await Promise.all(Array.from({ length: 20 }, () => get(url)));
    expect(files.every(({ statusCode, rawPayload }) => statusCode === 200 && rawPayload.equals(wheel))).toBe(true);
    expect(upstream.count(`/files/${wheelName}`)).toBe(1);
  });

  it('are served while upstream is down, after a restart too', async () => {
    const url = await findFile();
    await get(url);
    await server.stop();
    upstream.isDown = true;
    await start();
    expect((await get(url)).rawPayload.equals(wheel)).toBe(true);
  });

  it('are found by their address when no page was read', async () => {
    const sha256 = createHash('sha256').update(wheel).digest('hex');
    const answer = await get(`/root/pypi/+f/${sha256.slice(0, 3)}/${sha256.slice(3, 16)}/${wheelName}`);
    expect(answer.statusCode).toBe(200);
    const other = await get(`/root/pypi/+f/000/${sha256.slice(3, 16)}/${wheelName}`);
    expect(other.statusCode).toBe(404);
  });

  it.each([
    ['corrupt', 502],
    ['truncated', 502],
    ['broken', 502],
    ['missing', 404],
  ] as const)(
    'that are %s upstream are answered with %i, nothing is kept, and are right once they are',
    async (fault, status) => {
      upstream.files.set(wheelName, { content: wheel, fault });
      const url = await findFile();
      expect((await get(url)).statusCode).toBe(status);
      expect(await countContents()).toBe(0);
      upstream.files.set(wheelName, { content: wheel });
      expect((await get(url)).rawPayload.equals(wheel)).toBe(true);
    },
  );

  it('may be linked to upstream itself', async () => {
    await configure(['mirror_use_external_urls=True']);
    const page = await getPage();
    const [file] = page.json<{ files: PageFile[] }>().files;
    expect(file?.url).toBe(upstream.url.replace('simple/', `files/${wheelName}`));
    expect(file?.['core-metadata']).toBeUndefined();
  });

  it('have an address without a hash too', async () => {
    upstream.files.set(wheelName, { content: wheel, isWithoutHash: true });
    const url = await findFile();
    expect(url).toMatch(/\/\+e\/[0-9a-f]{32}\//);
    expect((await get(url)).rawPayload.equals(wheel)).toBe(true);
  });
});

describe('core metadata of a mirror', () => {
  const metadata = makeMetadata('six', '1.0');

  it('is asked for once, also by those who look for it here until it has come', async () => {
    const url = await findFile();
    upstream.delayMs = 50;
    const first = get(`${url}.metadata`);
    await expect.poll(() => upstream.count(`/files/${wheelName}`)).toBe(1);
    // The database has something to do meanwhile, so that whoever asks now looks into it when all is over.
    const busy = Promise.withResolvers<void>();
    const change = server.store.change(() => busy.promise);
    const second = get(`${url}.metadata`);
    await first;
    busy.resolve();
    await change;
    expect([(await second).body, (await get(url)).statusCode]).toEqual([(await first).body, 200]);
    expect(upstream.count(`/files/${wheelName}`)).toBe(1);
  });

  it('is advertised for wheels, and fetched where upstream does not say it has it', async () => {
    const large = makeWheel('six', '1.0', [{ path: 'six/data', text: createNoise(3 << 20) }]);
    upstream.files.set(wheelName, { content: large, metadata: Buffer.from(metadata) });
    const page = await getPage();
    expect(page.json<{ files: PageFile[] }>().files[0]?.['core-metadata']).toBe(true);
    const url = await findFile();
    expect((await get(`${url}.metadata`)).body).toBe(metadata);
    expect((await get(`${url}.metadata`)).body).toBe(metadata);
    expect(upstream.count(`/files/${wheelName}.metadata`)).toBe(1);
  });

  it('is fetched where the wheel tells nothing', async () => {
    upstream.files.set(wheelName, { content: Buffer.from('no wheel'), metadata: Buffer.from(metadata) });
    expect((await get(`${await findFile()}.metadata`)).body).toBe(metadata);
  });

  it('comes with the whole of a short wheel, in one request', async () => {
    upstream.files.set(wheelName, { content: wheel, hasRanges: true });
    const url = await findFile();
    expect((await get(`${url}.metadata`)).body).toBe(metadata);
    expect((await get(url)).rawPayload.equals(wheel)).toBe(true);
    expect(upstream.count(`/files/${wheelName}`)).toBe(1);
  });

  it('is read out of ranges of the wheel', async () => {
    const large = makeWheel('six', '1.0', [{ path: 'six/data', text: createNoise(900_000) }]);
    upstream.files.set(wheelName, { content: large, hasRanges: true });
    const url = await findFile();
    expect((await get(`${url}.metadata`)).body).toBe(metadata);
    expect(upstream.requests.filter(({ headers }) => headers.range !== undefined)).toHaveLength(3);
    expect(await countContents()).toBe(1);
  });

  it('is read out of the whole wheel, which is kept', async () => {
    const url = await findFile();
    expect((await get(`${url}.metadata`)).body).toBe(metadata);
    await get(url);
    expect(upstream.count(`/files/${wheelName}`)).toBe(1);
  });

  it('of another release is not taken', async () => {
    upstream.files.set(wheelName, { content: wheel, metadata: Buffer.from(makeMetadata('six', '6.6')) });
    expect((await get(`${await findFile()}.metadata`)).body).toBe(metadata);
  });

  it('is 404 for a wheel that has none', async () => {
    upstream.files.set(wheelName, { content: Buffer.from('no wheel') });
    expect((await get(`${await findFile()}.metadata`)).statusCode).toBe(404);
  });
});

function createNoise(bytes: number): Buffer {
  const noise = Buffer.alloc(bytes);
  for (let place = 0; place < bytes; place += 32)
    createHash('sha256').update(String(place)).digest().copy(noise, place);
  return noise;
}
