import { expect, test } from 'vitest';
import { makeTestServer, type TestServer } from '../../test-server.fixture.ts';

type Config = { result: Record<string, unknown> };

async function makeStable(): Promise<TestServer> {
  const server = await makeTestServer();
  await server.addUser('alice');
  await server.call('PUT', '/root/stable', { as: 'root', body: { bases: 'root/pypi' } });
  return server;
}

test('an index is made with the values of devpi, and read back with its projects', async () => {
  const server = await makeStable();
  const made = await server.call('PUT', '/alice/dev', {
    as: 'alice',
    body: { bases: 'root/stable', volatile: 'False' },
  });
  const config = {
    type: 'stage',
    volatile: false,
    bases: ['root/stable'],
    acl_upload: ['alice'],
    acl_toxresult_upload: [':ANONYMOUS:'],
    mirror_whitelist: [],
    mirror_whitelist_inheritance: 'intersection',
  };
  expect([made.statusCode, made.json()]).toEqual([200, { type: 'indexconfig', result: config }]);
  expect((await server.call('GET', '/alice/dev')).json()).toEqual({
    type: 'indexconfig',
    result: { ...config, projects: [] },
  });
  expect((await server.call('GET', '/alice/dev?no_projects=')).json<Config>().result).toEqual(config);
});

test('discovery of an index', async () => {
  const server = await makeStable();
  const outside = { 'x-outside-url': 'https://ext.example.com/pp/' };
  const stage = await server.call('GET', '/root/stable/+api', { headers: outside });
  expect(stage.json<Config>().result).toMatchObject({
    login: 'https://ext.example.com/pp/+login',
    index: 'https://ext.example.com/pp/root/stable',
    simpleindex: 'https://ext.example.com/pp/root/stable/+simple/',
    pypisubmit: 'https://ext.example.com/pp/root/stable/',
  });
  const mirror = await server.call('GET', '/root/pypi/+api');
  expect(mirror.json<Config>().result).not.toHaveProperty('pypisubmit');
  const none = await server.call('GET', '/u/i/+api');
  expect([none.statusCode, none.json()]).toMatchObject([404, { message: 'The stage u/i could not be found.' }]);
});

test.each([
  ['PUT', '/root/stable', { bases: '' }, 409, "index 'root/stable' exists"],
  ['PUT', '/root/x', { bases: 'no/no' }, 400, "base index 'no/no' does not exist"],
  ['PUT', '/root/x', { bases: 'root/x' }, 400, "base index 'root/x' does not exist"],
  ['PUT', '/root/x', { type: 'zzz' }, 400, "unknown index type 'zzz'"],
  ['PUT', '/root/x', { type: 'mirror', mirror_url: 'nowhere' }, 400, "'mirror_url' option must be a URL."],
  ['PUT', '/root/x', { type: 'mirror', mirror_url: 'file:///etc/passwd' }, 400, "'mirror_url' option must be a URL."],
  [
    'PUT',
    '/root/x',
    { type: 'mirror', mirror_cache_expiry: 'soon' },
    400,
    "'mirror_cache_expiry' option must be an integer",
  ],
  ['PUT', '/root/x', { foo: '1' }, 400, 'indexconfig got unexpected keyword arguments: foo=1'],
  ['PUT', '/root/x', { volatile: 'maybe' }, 400, "Unknown boolean value 'maybe'."],
  ['PUT', '/root/x', { bases: 7 }, 400, "Unknown list value '7'."],
  [
    'PUT',
    '/root/a%2Cb',
    {},
    400,
    "indexname 'a,b' contains characters that aren't allowed. Any ascii symbol besides -.@_ is blocked.",
  ],
  ['PUT', '/ghost/x', {}, 404, "no user 'ghost'"],
  ['PATCH', '/root/stable', ['acl_upload-=zed'], 400, "The 'acl_upload' setting doesn't have value 'zed'"],
  ['PATCH', '/root/stable', { type: 'mirror' }, 400, "the 'type' of an index can't be changed"],
  [
    'PATCH',
    '/root/stable',
    ['mirror_whitelist_inheritance=zz'],
    400,
    "Unknown value 'zz' for mirror_whitelist_inheritance, must be 'intersection' or 'union'.",
  ],
  ['PATCH', '/root/stable', ['bases-='], 400, "Default values can't be removed."],
  ['PATCH', '/root/stable', ['no such thing'], 400, "'no such thing' is no change of a setting"],
  ['PATCH', '/root/stable', [7], 400, "'7' is no change of a setting"],
  ['PATCH', '/root/nosuch', [], 404, 'The stage root/nosuch could not be found.'],
  ['PATCH', '/root/stable?error_on_noop=', [], 400, 'The requested modifications resulted in no changes'],
  ['DELETE', '/root/pypi', undefined, 403, 'index root/pypi non-volatile, cannot delete'],
  ['DELETE', '/root/nosuch', undefined, 403, 'there is no index root/nosuch to delete'],
])('%s %s with %j answers %i', async (method, url, body, status, text) => {
  const server = await makeStable();
  const answer = await server.call(method, url, { as: 'root', ...(body === undefined ? {} : { body }) });
  expect([answer.statusCode, answer.json<{ message: string }>().message]).toEqual([status, text]);
});

test.each([
  ['PUT', '/alice/x', 'no permission to create index alice/x'],
  ['PATCH', '/root/stable', 'no permission to modify index root/stable'],
  ['DELETE', '/root/stable', 'no permission to delete index root/stable'],
])('%s %s is for its owner and root', async (method, url, text) => {
  const server = await makeStable();
  await server.addUser('bob');
  for (const options of [{}, { as: 'bob' }]) {
    const answer = await server.call(method, url, { ...options, body: [] });
    expect([answer.statusCode, answer.json<{ message: string }>().message]).toEqual([403, text]);
  }
});

test('settings are set, added to, taken from and dropped', async () => {
  const server = await makeStable();
  const patch = async (body: unknown): Promise<Record<string, unknown>> =>
    (await server.call('PATCH', '/root/stable', { as: 'root', body })).json<Config>().result;
  expect(await patch(['mirror_whitelist+=Foo_Bar', 'mirror_whitelist+=*', 'title=A=B'])).toMatchObject({
    mirror_whitelist: ['foo-bar', '*'],
    title: 'A=B',
  });
  expect(await patch(['mirror_whitelist-=foo-bar', 'title-='])).not.toHaveProperty('title');
  expect(await patch({ acl_upload: ':anonymous:, alice ,:staff' })).toMatchObject({
    mirror_whitelist: ['*'],
    acl_upload: [':ANONYMOUS:', 'alice', ':staff'],
  });
  const whole = (await server.call('GET', '/root/stable')).json<Config>();
  expect(await patch({ ...whole, result: { ...whole.result, volatile: false } })).toMatchObject({ volatile: false });
});

test('one that others have as base is removed all the same', async () => {
  const server = await makeStable();
  await server.call('PUT', '/alice/dev', { as: 'alice', body: { bases: 'root/stable' } });
  const removed = await server.call('DELETE', '/root/stable', { as: 'root' });
  expect([removed.statusCode, removed.json<{ message: string }>().message]).toEqual([201, 'index root/stable deleted']);
  expect((await server.call('GET', '/alice/dev/+simple/')).statusCode).toBe(200);
});

test('the password of a mirror is shown to whoever may change it alone, and stays when it is sent back masked', async () => {
  const server = await makeStable();
  const url = 'https://me:secret@packages.example.com/simple/';
  await server.call('PUT', '/alice/up', { as: 'alice', body: { type: 'mirror', mirror_url: url } });
  expect((await server.call('GET', '/alice/up?no_projects=')).body).not.toContain('secret');
  expect((await server.call('GET', '/')).body).not.toContain('secret');
  const own = await server.call('GET', '/alice/up?no_projects=', { as: 'alice' });
  expect(own.json<Config>().result['mirror_url']).toBe(url);
  const masked = 'https://***@packages.example.com/simple/';
  await server.call('PATCH', '/alice/up', { as: 'alice', body: { mirror_url: masked, title: 'Up' } });
  expect(server.store.directory.indexes.get('alice/up')?.config).toMatchObject({ mirror_url: url, title: 'Up' });
});

test('who may not read an index is asked to log in, or refused', async () => {
  const server = await makeStable();
  await server.addUser('bob');
  await server.call('PUT', '/alice/secret', { as: 'alice', body: { acl_read: ':staff' } });
  const status = async (as?: string): Promise<number> =>
    (await server.call('GET', '/alice/secret/+simple/', as === undefined ? {} : { as })).statusCode;
  expect([await status(), await status('bob'), await status('alice'), await status('root')]).toEqual([
    401, 403, 200, 200,
  ]);
  await server.call('PUT', '/+groups/staff', { as: 'root', body: { members: ['bob'] } });
  expect(await status('bob')).toBe(200);
});

test('people see a failure on a page like the others, programs its sentence', async () => {
  const server = await makeStable();
  const get = (accept: string, url = '/root/nowhere') => server.call('GET', url, { headers: { accept } });
  const page = await get('text/html,application/xhtml+xml;q=0.9');
  expect([page.statusCode, page.headers['content-security-policy']]).toEqual([
    404,
    expect.stringContaining("default-src 'none'"),
  ]);
  expect(page.body).toContain('<a href="/">Indexes</a>');
  expect((await get('text/html', '/a/b/c/d/e/<script>')).body).not.toContain('<script>');
  const bare = await get('*/*');
  expect([bare.statusMessage, bare.body]).toEqual([
    'The stage root/nowhere could not be found.',
    expect.not.stringContaining('<style>'),
  ]);
});
