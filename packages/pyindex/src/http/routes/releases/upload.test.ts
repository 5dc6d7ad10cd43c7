import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTarGz, makeWheel, makeZip } from '../../../metadata/make-archives.fixture.ts';
import { encode, makeTestServer, type TestServer, wheelForm } from '../../test-server.fixture.ts';

async function makeIndexes(settings: Parameters<typeof makeTestServer>[0] = {}): Promise<TestServer> {
  const server = await makeTestServer(settings);
  await server.addUser('alice');
  await server.call('PUT', '/alice/dev', { as: 'alice', body: {} });
  await server.call('PUT', '/alice/prod', { as: 'alice', body: { volatile: false } });
  return server;
}

/** Contents that the store has, and what is on its way in. */
function listContents(server: TestServer): string[] {
  const folder = join(server.folder, 'files');
  return readdirSync(folder).flatMap((entry) => readdirSync(join(folder, entry)));
}

test('an upload is on the page with hashes, size and metadata, and comes back byte by byte', async () => {
  const server = await makeIndexes();
  const bytes = makeWheel('my_pkg', '1.0');
  const form = wheelForm('my_pkg', '1.0', [['requires_python', '>=3.8']], bytes);
  const uploaded = await server.upload('alice/dev', form, { as: 'alice' });
  expect([uploaded.statusCode, uploaded.body, uploaded.headers['content-type']]).toEqual([
    200,
    '',
    'text/html; charset=utf-8',
  ]);
  const accept = { accept: 'application/vnd.pypi.simple.v1+json' };
  const page = await server.call('GET', '/alice/dev/+simple/my-pkg/', { headers: accept });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const [file] = page.json<{ files: Record<string, unknown>[] }>().files;
  expect(file).toMatchObject({
    filename: 'my_pkg-1.0-py3-none-any.whl',
    url: `../../+f/${sha256.slice(0, 3)}/${sha256.slice(3, 16)}/my_pkg-1.0-py3-none-any.whl`,
    hashes: { sha256 },
    size: bytes.length,
    'requires-python': '>=3.8',
  });
  const path = `/alice/dev/+f/${sha256.slice(0, 3)}/${sha256.slice(3, 16)}/my_pkg-1.0-py3-none-any.whl`;
  const content = await server.call('GET', path, { headers: { accept: '*/*' } });
  expect(content.rawPayload).toEqual(bytes);
  expect(content.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'cache-control': 'max-age=365000000, immutable, public',
    'content-length': String(bytes.length),
  });
  const core = await server.call('GET', `${path}.metadata`, { headers: { accept: '*/*' } });
  expect(core.body).toContain('Name: my_pkg');
  expect(file?.['core-metadata']).toEqual({ sha256: createHash('sha256').update(core.rawPayload).digest('hex') });
});

test('Basic auth with a password works, and without the slash at the end', async () => {
  const server = await makeIndexes();
  const authorization = `Basic ${encode('alice', 'alice')}`;
  const form = wheelForm('a', '1');
  expect((await server.upload('alice/dev', form, { headers: { authorization } })).statusCode).toBe(200);
});

test('a volatile index takes another file of the name, the old address says that it is gone', async () => {
  const server = await makeIndexes();
  const first = makeWheel('a', '1');
  const second = makeWheel('a', '1', [{ path: 'a/more.py', text: 'y = 2\n' }]);
  for (const bytes of [first, second, second]) {
    expect((await server.upload('alice/dev', wheelForm('a', '1', [], bytes), { as: 'alice' })).statusCode).toBe(200);
  }
  const address = (bytes: Buffer): string => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return `/alice/dev/+f/${sha256.slice(0, 3)}/${sha256.slice(3, 16)}/a-1-py3-none-any.whl`;
  };
  expect((await server.call('GET', address(first), { headers: { accept: '*/*' } })).statusCode).toBe(410);
  expect((await server.call('GET', address(second), { headers: { accept: '*/*' } })).statusCode).toBe(200);
  // The second wheel and its metadata are all that is kept.
  expect(listContents(server)).toHaveLength(2);
  const data = await server.call('GET', '/alice/dev/a/1');
  const [link] = data.json<{ result: { '+links': { log: { what: string; who: string | null }[] }[] } }>().result[
    '+links'
  ];
  expect(link?.log.map(({ what, who }) => [what, who])).toEqual([
    ['overwrite', null],
    ['upload', 'alice'],
  ]);
});

test('one that is not volatile takes the same file again and no other', async () => {
  const server = await makeIndexes();
  await server.upload('alice/prod', wheelForm('a', '1'), { as: 'alice' });
  const same = await server.upload('alice/prod', wheelForm('a', '1'), { as: 'alice' });
  expect([same.statusCode, same.statusMessage]).toEqual([200, 'Upload of identical file to non volatile index.']);
  const other = makeWheel('a', '1', [{ path: 'a/more.py', text: '' }]);
  const refused = await server.upload('alice/prod', wheelForm('a', '1', [], other), { as: 'alice' });
  expect([refused.statusCode, refused.statusMessage]).toEqual([
    409,
    'a-1-py3-none-any.whl already exists in non-volatile index',
  ]);
  expect(listContents(server)).toHaveLength(2);
});

test('who may not upload is told so', async () => {
  const server = await makeIndexes();
  await server.addUser('bob');
  const anonymous = await server.upload('alice/dev', wheelForm('a', '1'));
  expect([anonymous.statusCode, anonymous.headers['www-authenticate']]).toEqual([401, 'Basic realm="pypi"']);
  const authorization = `Basic ${encode('alice', 'wrong')}`;
  expect((await server.upload('alice/dev', wheelForm('a', '1'), { headers: { authorization } })).statusCode).toBe(401);
  const bob = await server.upload('alice/dev', wheelForm('a', '1'), { as: 'bob' });
  expect([bob.statusCode, bob.statusMessage]).toEqual([403, 'no permission to submit']);
  const mirror = await server.upload('root/pypi', wheelForm('a', '1'), { as: 'root' });
  expect([mirror.statusCode, mirror.statusMessage]).toEqual([404, 'cannot submit to mirror index']);
  await server.call('PATCH', '/alice/dev', { as: 'alice', body: { acl_upload: ':ANONYMOUS:' } });
  expect((await server.upload('alice/dev', wheelForm('a', '1'))).statusCode).toBe(200);
  expect(listContents(server)).toHaveLength(2);
});

const named = (
  filename: string,
  fields: Readonly<Record<string, string>> = {},
): Parameters<TestServer['upload']>[1] => ({
  fields: Object.entries({ ':action': 'file_upload', name: 'ext', version: '1.0', ...fields }),
  content: [filename, makeWheel('ext', '1.0')],
});
const blake2OfAbc = 'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319';
const whl = 'ext-1.0-py3-none-any.whl';

test.each([
  ['another version', named(whl, { version: '2.0' }), `filename '${whl}' does not contain version '2.0'`],
  ['another name', named(whl, { name: 'mis' }), `filename '${whl}' does not match project name 'mis'`],
  ['a name that begins so', named(whl, { name: 'ex' }), `filename '${whl}' does not match project name 'ex'`],
  ['no distribution', named('ext-1.0.exe2'), "'ext-1.0.exe2' is not a valid archive name"],
  ['a path', named('../ext-1.0.tar.gz'), "'../ext-1.0.tar.gz' is not a valid archive name"],
  ['an absolute path', named('/etc/ext-1.0.tar.gz'), "'/etc/ext-1.0.tar.gz' is not a valid archive name"],
  ['a control character', named('ext-1.0\t.tar.gz'), "'ext-1.0\\x09.tar.gz' is not a valid archive name"],
  ['a look-alike', named('ехt-1.0.tar.gz'), "'ехt-1.0.tar.gz' is not a valid archive name"],
  ['a name too long', named(`ext-1.0${'x'.repeat(300)}.tar.gz`), 'is not a valid archive name'],
  ['no content', { fields: named(whl).fields }, 'content file field not found'],
  ['an unknown action', named(whl, { ':action': 'zap' }), "action 'zap' not supported"],
  ['no version at all', named(whl, { version: '' }), 'version field not found'],
  ['no version by PEP 440', named(whl, { version: 'dog' }), "'dog' is not a valid version (PEP 440)"],
  ['no name', named(whl, { name: '' }), "'' is not a valid project name"],
  ['a hostile name', named(whl, { name: '../../etc' }), "'../../etc' is not a valid project name"],
  ['a NUL', named(whl, { name: 'e\0xt' }), "'e\\x00xt' is not a valid project name"],
  ['a wrong digest', named(whl, { sha256_digest: 'a'.repeat(64) }), `sha256_digest is ${'a'.repeat(64)}, but`],
  ['no digest', named(whl, { sha256_digest: 'zz' }), 'sha256_digest must be 64 hexadecimal digits'],
  ['a wrong BLAKE2', named(whl, { blake2_256_digest: blake2OfAbc }), `blake2_256_digest is ${blake2OfAbc}, but`],
  ['a wrong MD5', named(whl, { md5_digest: 'c'.repeat(32) }), `md5_digest is ${'c'.repeat(32)}, but`],
])('%s is refused, and nothing is kept', async (_what, form, text) => {
  const server = await makeIndexes();
  const answer = await server.upload('alice/dev', form, { as: 'alice', headers: { accept: 'application/json' } });
  expect(answer.statusCode).toBe(400);
  expect(answer.json<{ message: string }>().message).toContain(text);
  expect(listContents(server)).toEqual([]);
  expect((await server.call('GET', '/alice/dev')).json<{ result: { projects: unknown } }>().result.projects).toEqual(
    [],
  );
});

test('the digests that twine sends are compared and right', async () => {
  const server = await makeIndexes();
  const bytes = makeWheel('a', '1');
  const fields = [
    ['sha256_digest', createHash('sha256').update(bytes).digest('hex')],
    ['md5_digest', createHash('md5').update(bytes).digest('hex')],
  ] as const;
  expect((await server.upload('alice/dev', wheelForm('a', '1', fields, bytes), { as: 'alice' })).statusCode).toBe(200);
  const packing = {
    // BLAKE2b of 256 bits of "abc", by Python's hashlib.
    fields: [...wheelForm('a', '1').fields, ['blake2_256_digest', blake2OfAbc]],
    content: ['a-1.tar.bz2', 'abc'],
  } as const;
  expect((await server.upload('alice/dev', packing, { as: 'alice' })).statusCode).toBe(200);
});

test.each([
  ['a broken wheel', 'a-1-py3-none-any.whl', Buffer.from('hello')],
  ['a wheel without metadata', 'a-1-py3-none-any.whl', makeZip([{ path: 'a.py', text: '' }])],
  ['a wheel that leads out', 'a-1-py3-none-any.whl', makeWheel('a', '1', [{ path: '../../etc/x', text: '' }])],
  ['a wheel of something else', 'a-1-py3-none-any.whl', makeWheel('b', '1')],
  ['a broken source distribution', 'a-1.tar.gz', Buffer.from('hello')],
])('%s is refused', async (_what, filename, bytes) => {
  const server = await makeIndexes();
  const form = { ...wheelForm('a', '1'), content: [filename, bytes] as const };
  const answer = await server.upload('alice/dev', form, { as: 'alice' });
  expect([answer.statusCode, listContents(server)]).toEqual([400, []]);
});

test.each([
  ['1.0', '', false],
  ['2.1', '', false],
  ['2.2', '', true],
  ['2.4', 'Dynamic: requires-dist\n', false],
  ['2.4', '', true],
  ['10.0', '', true],
])(
  'of a source distribution with metadata %s %j core metadata is offered: %s, also where it is pushed to',
  async (version, more, isOffered) => {
    const server = await makeIndexes();
    const metadata = `Metadata-Version: ${version}\nName: a\nVersion: 1\n${more}Requires-Python: >=3.9\n`;
    const bytes = await makeTarGz([[{ name: 'a-1/PKG-INFO' }, metadata]]);
    const form = { ...wheelForm('a', '1'), content: ['a-1.tar.gz', bytes] as const };
    expect((await server.upload('alice/dev', form, { as: 'alice' })).statusCode).toBe(200);
    await server.call('PUT', '/alice/prod', { as: 'alice', body: {} });
    await server.call('POST', '/alice/dev', {
      as: 'alice',
      body: { name: 'a', version: '1', targetindex: 'alice/prod' },
    });
    for (const index of ['alice/dev', 'alice/prod']) {
      const headers = { accept: 'application/vnd.pypi.simple.v1+json' };
      const page = await server.call('GET', `/${index}/+simple/a/`, { headers });
      const [file] = page.json<{ files: Record<string, unknown>[] }>().files;
      expect([file?.['requires-python'], 'core-metadata' in (file ?? {})]).toEqual(['>=3.9', isOffered]);
    }
  },
);

test('a file over the limit answers 413 with the limit, and nothing is kept', async () => {
  const server = await makeIndexes({ uploadLimitBytes: 1000 });
  const big = makeWheel('a', '1', [{ path: 'big.bin', text: randomBytes(2000).toString('hex') }]);
  const answer = await server.upload('alice/dev', wheelForm('a', '1', [], big), { as: 'alice' });
  expect([answer.statusCode, listContents(server)]).toEqual([413, []]);
  expect(answer.statusMessage).toContain('1000');
});

test('submitting registers a project without files', async () => {
  const server = await makeIndexes();
  const fields = [
    [':action', 'submit'],
    ['name', 'Reg_Only'],
    ['version', '1.0'],
    ['summary', 'kept free'],
  ] as const;
  expect((await server.upload('alice/dev', { fields }, { as: 'alice' })).statusCode).toBe(200);
  const index = await server.call('GET', '/alice/dev');
  expect(index.json<{ result: { projects: unknown } }>().result.projects).toEqual(['reg-only']);
  const version = await server.call('GET', '/alice/dev/reg-only/1.0');
  expect(version.json()).toMatchObject({
    type: 'versiondata',
    result: { name: 'Reg_Only', version: '1.0', summary: 'kept free', requires_dist: [], '+links': [] },
  });
});

test('two uploads of one new file at once are one file', async () => {
  const server = await makeIndexes();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => server.upload('alice/prod', wheelForm('a', '1'), { as: 'alice' })),
  );
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 8 }, () => 200));
  const page = await server.call('GET', '/alice/prod/a');
  expect(page.json<{ result: { '1': { '+links': unknown[] } } }>().result['1']['+links']).toHaveLength(1);
  expect(listContents(server)).toHaveLength(2);
});

test('tokens may be limited to reading, to one project and in time, and survive a restart', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const server = await makeIndexes({ clock: { now: () => now } });
  const order = async (body: object): Promise<string> => {
    const answer = await server.call('POST', '/alice/+tokens', { as: 'alice', body });
    return answer.json<{ result: { token: string } }>().result.token;
  };
  const uploadWith = async (token: string, name: string): Promise<number> => {
    const headers = { 'x-devpi-auth': encode('alice', token) };
    return (await server.upload('alice/dev', wheelForm(name, '1'), { headers })).statusCode;
  };
  const reading = await order({ permission: 'read' });
  const one = await order({ permission: 'upload', projects: ['My_Lib'], indexes: 'alice/dev', lifetime: 60 });
  expect(await uploadWith(reading, 'a')).toBe(403);
  expect([await uploadWith(one, 'other'), await uploadWith(one, 'my_lib')]).toEqual([403, 200]);
  const headers = { 'x-devpi-auth': encode('alice', one) };
  expect((await server.call('DELETE', '/alice/dev/my-lib', { headers })).statusCode).toBe(403);
  expect((await server.call('PATCH', '/alice', { headers, body: { password: 'x' } })).statusCode).toBe(403);
  expect((await server.call('POST', '/alice/+tokens', { headers, body: {} })).statusCode).toBe(403);
  const list = await server.call('GET', '/alice/+tokens', { as: 'alice' });
  expect(list.body).not.toContain(one.slice(-20));
  expect(list.json<{ result: object[] }>().result).toMatchObject([
    { permission: 'read' },
    { permission: 'upload', projects: ['my-lib'], indexes: ['alice/dev'] },
  ]);
  now += 61_000;
  expect(await uploadWith(one, 'my_lib')).toBe(401);
});

test('a project may be left to some uploaders alone', async () => {
  const server = await makeIndexes();
  await server.addUser('bob');
  await server.call('PATCH', '/alice/dev', { as: 'alice', body: { acl_upload: 'alice,bob' } });
  const set = await server.call('PUT', '/alice/dev/secret/+uploaders', { as: 'alice', body: { uploaders: 'alice' } });
  expect(set.statusCode).toBe(200);
  const upload = async (name: string, as: string): Promise<number> =>
    (await server.upload('alice/dev', wheelForm(name, '1'), { as })).statusCode;
  expect([await upload('secret', 'bob'), await upload('secret', 'alice'), await upload('free', 'bob')]).toEqual([
    403, 200, 200,
  ]);
  expect((await server.call('DELETE', '/alice/dev/secret/+uploaders', { as: 'alice' })).statusCode).toBe(200);
  const other = makeWheel('secret', '1', [{ path: 'x.py', text: '' }]);
  expect((await server.upload('alice/dev', wheelForm('secret', '1', [], other), { as: 'bob' })).statusCode).toBe(200);
});

test.each(['text/xml', 'application/json', 'text/plain'])(
  'a body of %s that is no form is not taken in without end',
  async (type) => {
    const server = await makeIndexes();
    const raw = 'x'.repeat(1024 * 1024 + 1);
    const answer = await server.call('POST', '/alice/dev/', { raw, headers: { 'content-type': type } });
    expect(answer.statusCode).toBe(413);
  },
);

test('a form may be longer than any other body', async () => {
  const server = await makeIndexes();
  const form = { ...wheelForm('a', '1'), content: ['a-1.tar.bz2', randomBytes(2 * 1024 * 1024)] } as const;
  expect((await server.upload('alice/dev', form, { as: 'alice' })).statusCode).toBe(200);
});
