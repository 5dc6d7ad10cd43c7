import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTestServer, type TestServer, wheelForm } from '../http/test-server.fixture.ts';
import { makeWheel } from '../metadata/make-archives.fixture.ts';
import { type FakeUpstream, startFakeUpstream } from './mirror/fake-upstream.fixture.ts';

const json = 'application/vnd.pypi.simple.v1+json';
const nowMs = Date.parse('2026-01-08T00:00:00Z');
const old = '2020-01-01T00:00:00Z';
const shadowWheel = 'shadow-9.9-py3-none-any.whl';

interface Page {
  readonly files: readonly { readonly filename: string; readonly url: string }[];
  readonly versions: readonly string[];
  readonly _devstead?: {
    readonly private?: boolean;
    readonly notes: readonly string[];
    readonly withheld: readonly { readonly filename: string; readonly rule: string; readonly reason: string }[];
  };
}

let upstream: FakeUpstream;
let server: TestServer;

beforeEach(async () => {
  upstream = await startFakeUpstream();
  upstream.files.set(shadowWheel, { content: makeWheel('shadow', '9.9'), uploadTime: old });
  server = await start();
  await server.call('PUT', '/root/stable', { as: 'root', body: { bases: 'root/pypi' } });
  await server.addUser('alice');
  await server.call('PUT', '/alice/dev', { as: 'alice', body: { bases: 'root/stable' } });
});

afterEach(() => upstream.close());

function start(upstreamUrl = upstream.url): Promise<TestServer> {
  return makeTestServer({ upstreamUrl, clock: { now: () => nowMs } });
}

async function readPage(index: string, project = 'shadow', from = server): Promise<{ status: number; page: Page }> {
  const answer = await from.call('GET', `/${index}/+simple/${project}/`, { headers: { accept: json } });
  return {
    status: answer.statusCode,
    page: answer.statusCode === 200 ? answer.json<Page>() : { files: [], versions: [] },
  };
}

async function listFiles(index: string, project?: string, from = server): Promise<string[]> {
  const { page } = await readPage(index, project, from);
  return page.files.map(({ filename }) => filename).sort();
}

async function configure(index: string, changes: readonly string[]): Promise<void> {
  const answer = await server.call('PATCH', `/${index}`, { as: 'root', body: changes });
  expect([answer.statusCode, answer.body]).toEqual([200, answer.body]);
}

function addressOf(name: string, content: Buffer): string {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return `+f/${sha256.slice(0, 3)}/${sha256.slice(3, 16)}/${name}`;
}

describe('the shield', () => {
  const own = 'shadow-1.0-py3-none-any.whl';
  beforeEach(() => server.upload('root/stable', wheelForm('shadow', '1.0'), { as: 'root' }));

  it.each([
    ['no whitelist', [], 'root/stable', [own]],
    ['no whitelist, inherited', [], 'alice/dev', [own]],
    [
      'whitelisted, at the first request',
      [['root/stable', 'mirror_whitelist=shadow']],
      'root/stable',
      [own, shadowWheel],
    ],
    ['whitelisted at the base alone', [['root/stable', 'mirror_whitelist=shadow']], 'alice/dev', [own]],
    [
      'whitelisted at the base, union',
      [
        ['root/stable', 'mirror_whitelist=shadow'],
        ['alice/dev', 'mirror_whitelist_inheritance=union'],
      ],
      'alice/dev',
      [own, shadowWheel],
    ],
    ['all whitelisted', [['root/stable', 'mirror_whitelist=*']], 'root/stable', [own, shadowWheel]],
  ] as const)('%s', async (_, changes, index, files) => {
    for (const [each, change] of changes) await configure(each, [change]);
    expect(await listFiles(index)).toEqual(files);
  });

  it('says so, and does not even ask upstream', async () => {
    const { page } = await readPage('alice/dev');
    expect(page._devstead).toMatchObject({ private: true, notes: [expect.stringContaining('root/pypi')] });
    expect(upstream.requests).toEqual([]);
  });

  it('holds for the addresses of files', async () => {
    const address = addressOf(shadowWheel, makeWheel('shadow', '9.9'));
    expect((await server.call('GET', `/root/stable/${address}`)).statusCode).toBe(404);
    expect((await server.call('GET', `/root/pypi/${address}`)).statusCode).toBe(200);
  });

  it('holds for a name that has no file yet', async () => {
    const fields = [
      [':action', 'submit'],
      ['name', 'reserved'],
      ['version', '1.0'],
      ['metadata_version', '2.1'],
    ] as const;
    upstream.files.set('reserved-9.9.tar.gz', { content: Buffer.from('x') });
    expect((await server.upload('root/stable', { fields }, { as: 'root' })).statusCode).toBe(200);
    expect(await listFiles('alice/dev', 'reserved')).toEqual([]);
  });

  it('holds through a mirror of a mirror', async () => {
    const company = `${await server.app.listen({ host: '127.0.0.1', port: 0 })}/alice/dev/+simple/`;
    const other = await start();
    for (const [name, url] of [
      ['public', upstream.url],
      ['company', company],
    ])
      await other.call('PUT', `/root/${name}`, { as: 'root', body: { type: 'mirror', mirror_url: url } });
    await other.call('PUT', '/root/both', { as: 'root', body: { bases: ['root/public', 'root/company'] } });
    await other.call('PUT', '/root/again', { as: 'root', body: { bases: ['root/both'] } });
    upstream.files.set('open-1.0.tar.gz', { content: Buffer.from('x') });
    expect(await listFiles('root/again', 'shadow', other)).toEqual([own]);
    expect(await listFiles('root/again', 'open', other)).toEqual(['open-1.0.tar.gz']);
    const { page } = await readPage('root/again', 'shadow', other);
    expect(
      (await other.call('GET', new URL(page.files[0]?.url ?? '', 'http://x/root/again/+simple/shadow/').pathname))
        .statusCode,
    ).toBe(200);
    // What cannot be asked may have the project.
    await server.app.close();
    expect((await readPage('root/again', 'other', other)).status).toBe(502);
  });
});

describe('mirrors of users', () => {
  it('do not ask private addresses, which those of root may', async () => {
    const body = { type: 'mirror', mirror_url: upstream.url };
    await server.call('PUT', '/alice/inside', { as: 'alice', body });
    await server.call('PUT', '/root/inside', { as: 'root', body });
    expect((await readPage('alice/inside')).status).toBe(502);
    expect(upstream.requests).toEqual([]);
    expect((await readPage('root/inside')).status).toBe(200);
  });
});

describe('stages on mirrors', () => {
  it('link to the files of the mirror, and take what both have from the stage', async () => {
    const { page } = await readPage('alice/dev');
    expect(page.files[0]?.url).toBe(`../../../../root/pypi/${addressOf(shadowWheel, makeWheel('shadow', '9.9'))}`);
    expect((await readPage('alice/dev', 'nosuch')).status).toBe(404);
  });

  it('show their own files while upstream is down, and say what is missing', async () => {
    await server.upload('root/stable', wheelForm('shadow', '1.0'), { as: 'root' });
    await configure('root/stable', ['mirror_whitelist=*']);
    upstream.isDown = true;
    const { page } = await readPage('root/stable');
    expect(page.files).toHaveLength(1);
    expect(page._devstead?.notes[0]).toContain('missing');
    expect((await readPage('root/stable', 'other')).status).toBe(502);
    upstream.isDown = false;
    expect(await listFiles('root/stable')).toHaveLength(2);
  });

  it('are not private to others when two users ask at once', async () => {
    const all = await Promise.all(['root/stable', 'alice/dev', 'root/pypi'].map((index) => listFiles(index)));
    expect(all).toEqual([[shadowWheel], [shadowWheel], [shadowWheel]]);
    expect(upstream.count('/simple/shadow/')).toBe(1);
  });
});

describe('claims', () => {
  it('are not asked of upstream, by no name and no address', async () => {
    upstream.files.set('acme-lib-1.0.tar.gz', { content: Buffer.from('x') });
    await configure('root/stable', ['guard_claims=Acme_*']);
    expect((await readPage('alice/dev', 'acme-lib')).status).toBe(404);
    const address = addressOf('acme-lib-1.0.tar.gz', Buffer.from('x'));
    const file = await server.call('GET', `/alice/dev/${address}`);
    expect([file.statusCode, file.json<{ rule: string }>().rule]).toEqual([403, 'guard.claim']);
    expect(upstream.requests).toEqual([]);
  });

  it('let through what is ours', async () => {
    await configure('root/stable', ['guard_claims=acme-*']);
    await server.upload('root/stable', wheelForm('acme_lib', '1.0'), { as: 'root' });
    expect(await listFiles('alice/dev', 'acme-lib')).toEqual(['acme_lib-1.0-py3-none-any.whl']);
  });
});

describe('the guard', () => {
  const young = 'pkg-2.0-py3-none-any.whl';
  beforeEach(() => {
    for (const [name, version, uploadTime] of [
      ['pkg-1.0-py3-none-any.whl', '1.0', old],
      [young, '2.0', '2026-01-07T00:00:00Z'],
    ] as const)
      upstream.files.set(name, { content: makeWheel('pkg', version), uploadTime });
    upstream.files.set('pkg-1.0.tar.gz', { content: Buffer.from('x'), uploadTime: old });
  });

  it('leaves young files out and says why, on pages, at their addresses and in the log', async () => {
    await configure('root/stable', ['guard_min_age=7d']);
    const { page } = await readPage('alice/dev', 'pkg');
    expect(page.files.map(({ filename }) => filename)).toEqual(['pkg-1.0-py3-none-any.whl', 'pkg-1.0.tar.gz']);
    expect(page.versions).toEqual(['1.0']);
    expect(page._devstead?.withheld).toEqual([
      { filename: young, rule: 'guard.min-age', reason: expect.stringContaining('7 days') },
    ]);
    const html = await server.call('GET', '/alice/dev/+simple/pkg/', { headers: { accept: 'text/html' } });
    expect(html.body).toContain(`INFO: ${young} is held back (guard.min-age)`);
    const address = addressOf(young, makeWheel('pkg', '2.0'));
    for (const suffix of ['', '.metadata']) {
      const refused = await server.call('GET', `/alice/dev/${address}${suffix}`, { as: 'alice' });
      expect([refused.statusCode, refused.json<{ rule: string }>().rule]).toEqual([403, 'guard.min-age']);
    }
    const log = await server.call('GET', '/alice/dev/+guard?project=pkg', { as: 'alice' });
    expect(log.json<{ result: unknown }>().result).toEqual([
      expect.objectContaining({ filename: young, outcome: 'hidden', rule: 'guard.min-age' }),
      expect.objectContaining({ filename: young, outcome: 'refused', user: 'alice', times: 2 }),
    ]);
    const anonymous = await server.call('GET', '/alice/dev/+guard?rule=guard.min-age&limit=1');
    expect(anonymous.json<{ result: object[] }>().result).toHaveLength(1);
    expect(anonymous.body).not.toContain('"user"');
  });

  it.each([
    [['guard_wheels_only=True'], ['pkg-1.0-py3-none-any.whl', young]],
    [['guard_block=pkg>=2: it leaks'], ['pkg-1.0-py3-none-any.whl', 'pkg-1.0.tar.gz']],
    [['guard_deny=p*: not ours'], []],
    [['guard_allow=shadow'], []],
    [['guard_allow+=pkg', 'guard_wheels_only=True', 'guard_block+=pkg==2.0'], ['pkg-1.0-py3-none-any.whl']],
  ])('with %j shows %j', async (changes, files) => {
    await configure('root/stable', changes);
    expect(await listFiles('root/stable', 'pkg')).toEqual(files);
  });

  it('of a mirror holds for all who inherit from it', async () => {
    await configure('root/pypi', ['guard_wheels_only=True']);
    expect(await listFiles('alice/dev', 'pkg')).toEqual(['pkg-1.0-py3-none-any.whl', young]);
    const { page } = await readPage('alice/dev', 'pkg');
    expect(page._devstead?.withheld[0]?.reason).toContain('root/pypi');
  });

  it('cannot be loosened by who inherits, and does not hold beside', async () => {
    await configure('root/stable', ['guard_min_age=7d']);
    await server.call('PATCH', '/alice/dev', { as: 'alice', body: ['guard_min_age=0', 'guard_min_age_except=*'] });
    expect(await listFiles('alice/dev', 'pkg')).not.toContain(young);
    expect(await listFiles('root/pypi', 'pkg')).toContain(young);
  });

  it.each(['guard_min_age=soon', 'guard_block===1', 'guard_claims=a b', 'guard_nosuch=1', 'guard_wheels_only=maybe'])(
    'refuses the setting %s',
    async (change) => {
      const answer = await server.call('PATCH', '/root/stable', { as: 'root', body: [change] });
      expect(answer.statusCode).toBe(400);
    },
  );

  it('takes as many patterns as can be compared with all names there are', async () => {
    const patterns = (count: number) => Array.from({ length: count }, (_, at) => `a${at}-*`);
    const set = async (body: object) => (await server.call('PATCH', '/root/stable', { as: 'root', body })).statusCode;
    expect(await set({ guard_claims: patterns(200), guard_deny: patterns(200) })).toBe(200);
    expect(await set({ guard_claims: patterns(201) })).toBe(400);
    expect(await set({ guard_deny: patterns(201).map((pattern) => `${pattern}: not *ours*`) })).toBe(400);
  });

  it.each(['0', '1001', 'x', '1.5'])('refuses a log of %s entries', async (limit) => {
    expect((await server.call('GET', `/root/stable/+guard?limit=${limit}`)).statusCode).toBe(400);
  });
});
