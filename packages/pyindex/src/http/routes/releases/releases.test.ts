import { expect, test } from 'vitest';
import { makeWheel, makeZip } from '../../../metadata/make-archives.fixture.ts';
import { makeTestServer, type TestServer, wheelForm } from '../../test-server.fixture.ts';

interface Link {
  readonly rel: string;
  readonly href: string;
  readonly for_href?: string;
  readonly log: readonly { readonly what: string; readonly who: string; readonly src?: string; readonly dst: string }[];
}
type VersionData = Readonly<Record<string, unknown>> & { readonly '+links': readonly Link[] };

/** `my-pkg` 1.0 and 2.0 on alice/dev; root/stable and root/prod (not volatile) are empty. */
async function makeReleases(): Promise<TestServer> {
  const server = await makeTestServer();
  await server.addUser('alice');
  await server.call('PUT', '/root/stable', { as: 'root', body: { acl_upload: 'root,alice' } });
  await server.call('PUT', '/root/prod', { as: 'root', body: { acl_upload: 'root,alice', volatile: 'False' } });
  await server.call('PUT', '/alice/dev', { as: 'alice', body: { bases: 'root/stable' } });
  for (const version of ['1.0', '2.0']) {
    const fields = [
      ['summary', 'A thing'],
      ['requires_dist', 'six'],
      ['requires_dist', 'attrs>=1'],
    ] as const;
    await server.upload('alice/dev', wheelForm('my_pkg', version, fields), { as: 'alice' });
  }
  return server;
}

const readVersion = async (server: TestServer, path: string): Promise<VersionData> =>
  (await server.call('GET', path)).json<{ result: VersionData }>().result;
const pathOf = (href: string | undefined): string => new URL(href ?? '').pathname;
const message = (answer: { json: () => unknown }): unknown => (answer.json() as { message?: unknown }).message;

test('versions are read with their metadata and links', async () => {
  const server = await makeReleases();
  const project = await server.call('GET', '/alice/dev/my-pkg', { headers: { 'x-outside-url': 'https://ext/pp' } });
  const { type, result } = project.json<{ type: string; result: Record<string, VersionData> }>();
  expect([type, Object.keys(result)]).toEqual(['projectconfig', ['1.0', '2.0']]);
  expect(result['1.0']).toMatchObject({
    name: 'my_pkg',
    version: '1.0',
    summary: 'A thing',
    requires_dist: ['six', 'attrs>=1'],
    author: '',
    '+links': [
      {
        rel: 'releasefile',
        href: expect.stringMatching(/^https:\/\/ext\/pp\/alice\/dev\/\+f\/\w{3}\/\w{13}\/my_pkg-1\.0-/) as unknown,
        hash_spec: expect.stringMatching(/^sha256=\w{64}$/) as unknown,
        log: [{ what: 'upload', who: 'alice', dst: 'alice/dev' }],
      },
    ],
  });
  const missing = await server.call('GET', '/alice/dev/my-pkg/9');
  expect([missing.statusCode, message(missing)]).toEqual([404, 'The version 9 of project my-pkg does not exist.']);
  const unknown = await server.call('GET', '/alice/dev/zzz');
  expect([unknown.statusCode, message(unknown)]).toEqual([404, "no project 'zzz'"]);
});

test('JSON addresses with a slash at the end or another spelling lead to the right ones, those with a query do not', async () => {
  const server = await makeReleases();
  const target = async (url: string): Promise<unknown> => {
    const answer = await server.call('GET', url, { headers: { host: 'h' } });
    return answer.statusCode === 302 ? answer.headers.location : answer.statusCode;
  };
  expect(await target('/alice/dev/')).toBe('http://h/alice/dev');
  expect(await target('/alice/dev/my-pkg/')).toBe('http://h/alice/dev/my-pkg');
  expect(await target('/alice/dev/My.Pkg')).toBe('http://h/alice/dev/my-pkg');
  expect(await target('/alice/dev/My.Pkg/?ignore_bases=')).toBe(200);
  expect(await target('/alice/dev/+simple/My.Pkg/')).toBe('http://h/alice/dev/+simple/my-pkg/');
});

test('installers get simple pages in place', async () => {
  const server = await makeReleases();
  const headers = { 'user-agent': 'pip/26.3 {}', accept: 'text/html' };
  const link = async (url: string): Promise<string> => {
    const answer = await server.call('GET', url, { headers });
    expect(answer.statusCode).toBe(200);
    const href = /href="([^"#]+)/.exec(answer.body)?.[1] ?? '';
    return new URL(href, `http://h${url}`).pathname.replace(/\/\w{3}\/\w{13}\//, '/…/');
  };
  const file = '/alice/dev/+f/…/my_pkg-2.0-py3-none-any.whl';
  for (const url of ['+simple/my-pkg/', '+simple/my-pkg', 'my-pkg/', 'my-pkg']) {
    expect((await link(`/alice/dev/${url}`)).replace('-1.0-', '-2.0-')).toBe(file);
  }
  expect((await server.call('GET', '/alice/dev', { headers })).body).toContain('my-pkg');
  const people = await server.call('GET', '/alice/dev/+simple/my-pkg', { headers: { accept: 'text/html' } });
  expect(people.statusCode).toBe(302);
});

test('pages and files are told unchanged, in parts, and by HEAD', async () => {
  const server = await makeReleases();
  const page = await server.call('GET', '/alice/dev/+simple/my-pkg/', { headers: { accept: 'text/html' } });
  const again = await server.call('GET', '/alice/dev/+simple/my-pkg/', {
    headers: { accept: 'text/html', 'if-none-match': String(page.headers.etag) },
  });
  expect([again.statusCode, again.body]).toEqual([304, '']);
  const refused = await server.call('GET', '/alice/dev/+simple/my-pkg/', { headers: { accept: 'image/png' } });
  expect(refused.statusCode).toBe(406);
  const [link] = (await readVersion(server, '/alice/dev/my-pkg/1.0'))['+links'];
  const path = pathOf(link?.href);
  const get = (headers: Readonly<Record<string, string>>, method = 'GET') =>
    server.call(method, path, { headers: { accept: '*/*', ...headers } });
  const whole = await get({});
  const part = await get({ range: 'bytes=2-5' });
  expect([part.statusCode, part.rawPayload, part.headers['content-range']]).toEqual([
    206,
    whole.rawPayload.subarray(2, 6),
    `bytes 2-5/${whole.rawPayload.length}`,
  ]);
  expect((await get({ range: 'bytes=999999-' })).statusCode).toBe(416);
  expect((await get({ 'if-none-match': String(whole.headers.etag) })).statusCode).toBe(304);
  expect((await get({ 'if-modified-since': String(whole.headers['last-modified']) })).statusCode).toBe(304);
  expect((await get({ range: 'bytes=2-5', 'if-range': '"other"' })).statusCode).toBe(200);
  const head = await get({}, 'HEAD');
  expect([head.statusCode, head.headers['content-length'], head.body]).toEqual([
    200,
    whole.headers['content-length'],
    '',
  ]);
  expect((await server.call('GET', path)).json()).toMatchObject({ type: 'releasefilemeta' });
  expect((await server.call('GET', path.replace('+f', '%2Bf'), { headers: { accept: '*/*' } })).statusCode).toBe(200);
  expect((await server.call('GET', `${path}x`)).statusCode).toBe(404);
});

test('a version is pushed with its test results and documentation', async () => {
  const server = await makeReleases();
  const [link] = (await readVersion(server, '/alice/dev/my-pkg/1.0'))['+links'];
  const tox = await server.call('POST', pathOf(link?.href), { body: { testenvs: {} } });
  expect(tox.json()).toEqual({
    type: 'toxresultpath',
    result: expect.stringMatching(
      /^alice\/dev\/\+f\/\w{3}\/\w{13}\/my_pkg-1\.0-py3-none-any\.whl\.toxresult-\d{14}-0#sha256=\w{64}$/,
    ) as unknown,
  });
  const docs = makeZip([{ path: 'index.html', text: '<h1>Docs</h1>' }]);
  const fields = [
    [':action', 'doc_upload'],
    ['name', 'my_pkg'],
    ['version', '1.0'],
  ] as const;
  await server.upload('alice/dev', { fields, content: ['my_pkg.zip', docs] }, { as: 'alice' });

  const body = { name: 'my-pkg', version: '1.0', targetindex: 'root/prod' };
  const pushed = await server.call('POST', '/alice/dev', { as: 'alice', body });
  const { type, result } = pushed.json<{ type: string; result: (string | number)[][] }>();
  expect([pushed.statusCode, type]).toEqual([200, 'actionlog']);
  expect(result.map(([status, what]) => [status, what])).toEqual([
    [200, 'register'],
    [200, 'store_releasefile'],
    [200, 'store_toxresult'],
    [200, 'store_doczip'],
  ]);
  expect(result[0]).toEqual([200, 'register', 'my-pkg', '1.0', '->', 'root/prod']);
  const data = await readVersion(server, '/root/prod/my-pkg/1.0');
  expect(data).toMatchObject({ summary: 'A thing', requires_dist: ['six', 'attrs>=1'] });
  expect(data['+links'].map(({ rel }) => rel)).toEqual(['releasefile', 'toxresult', 'doczip']);
  expect(data['+links'][0]?.log.map(({ what, src, dst }) => [what, src, dst])).toEqual([
    ['upload', undefined, 'alice/dev'],
    ['push', 'alice/dev', 'root/prod'],
  ]);
  expect(data['+links'][1]?.for_href).toBe(data['+links'][0]?.href);
  for (const { href } of data['+links']) {
    expect((await server.call('GET', pathOf(href), { headers: { accept: '*/*' } })).statusCode).toBe(200);
  }
  const again = await server.call('POST', '/alice/dev', { as: 'alice', body });
  expect(again.statusCode).toBe(200);
  const bytes = makeWheel('my_pkg', '1.0', [{ path: 'x.py', text: '' }]);
  await server.upload('alice/dev', wheelForm('my_pkg', '1.0', [], bytes), { as: 'alice' });
  const other = await server.call('POST', '/alice/dev', { as: 'alice', body });
  expect([other.statusCode, message(other)]).toEqual([
    409,
    'my_pkg-1.0-py3-none-any.whl already exists in non-volatile index',
  ]);
});

const push = { name: 'my-pkg', version: '1.0', targetindex: 'root/stable' };
test.each([
  [{ ...push, version: '9' }, 400, 'there are no files for my-pkg 9 on stage alice/dev'],
  [{ ...push, name: 'p' }, 400, 'there are no files for p 1.0 on stage alice/dev'],
  [{ ...push, targetindex: 'stable' }, 400, 'targetindex not in format user/index'],
  [{ ...push, zz: 1 }, 400, 'unknown additional options: zz'],
  [{ ...push, no_docs: true, only_docs: true }, 400, "can't use 'no_docs' and 'only_docs' together"],
  [{ ...push, only_docs: true }, 404, 'no release/files found for my-pkg 1.0'],
  [{ ...push, targetindex: 'no/no' }, 404, 'The stage no/no could not be found.'],
  [{ name: 'my-pkg' }, 400, 'Bad request: name and version are needed'],
  [{ name: 'my-pkg', version: '1.0' }, 400, 'Bad request: targetindex or posturl is needed'],
  [
    { name: 'my-pkg', version: '1.0', posturl: 'file:///etc/passwd', username: 'u', password: 'p' },
    400,
    'Bad request: posturl must be an address that begins with https:// or http://',
  ],
])('pushing %j answers %i', async (body, status, text) => {
  const server = await makeReleases();
  const answer = await server.call('POST', '/alice/dev', { as: 'alice', body });
  expect([answer.statusCode, message(answer)]).toEqual([status, text]);
});

test('nobody pushes to where they may not upload, and nobody unknown anywhere else', async () => {
  const server = await makeReleases();
  await server.addUser('bob');
  const refused = await server.call('POST', '/alice/dev', { as: 'bob', body: push });
  expect([refused.statusCode, message(refused)]).toEqual([401, "user 'bob' cannot upload to 'root/stable'"]);
  const external = { name: 'my-pkg', version: '1.0', posturl: 'http://127.0.0.1:9/', username: 'u', password: 'p' };
  expect((await server.call('POST', '/alice/dev', { body: external })).statusCode).toBe(401);
  const failed = await server.call('POST', '/alice/dev', { as: 'bob', body: external });
  expect([failed.statusCode, failed.json<{ result: unknown[][] }>().result[0]?.[0]]).toEqual([502, -1]);
});

test('versions, files and projects are removed, and their addresses say so', async () => {
  const server = await makeReleases();
  const href = async (version: string): Promise<string> =>
    pathOf((await readVersion(server, `/alice/dev/my-pkg/${version}`))['+links'][0]?.href);
  const [first, second] = [await href('1.0'), await href('2.0')];
  await server.addUser('bob');
  expect((await server.call('DELETE', '/alice/dev/my-pkg/1.0')).statusCode).toBe(403);
  expect((await server.call('DELETE', '/alice/dev/my-pkg/1.0', { as: 'bob' })).statusCode).toBe(403);
  const version = await server.call('DELETE', '/alice/dev/my-pkg/1.0', { as: 'alice' });
  expect([version.statusCode, message(version)]).toEqual([200, "project 'my-pkg' version '1.0' deleted"]);
  expect((await server.call('DELETE', '/alice/dev/my-pkg/1.0', { as: 'alice' })).statusCode).toBe(404);
  expect((await server.call('GET', first, { headers: { accept: '*/*' } })).statusCode).toBe(410);
  const file = await server.call('DELETE', second, { as: 'alice' });
  expect([file.statusCode, message(file)]).toEqual([200, `package '${second.slice(1)}' deleted`]);
  expect((await server.call('DELETE', second, { as: 'alice' })).statusCode).toBe(410);
  const project = await server.call('DELETE', '/alice/dev/my-pkg', { as: 'alice' });
  expect([project.statusCode, message(project)]).toEqual([404, 'project not found']);
  for (const slash of ['', '/']) {
    await server.upload('alice/dev', wheelForm('other', '1'), { as: 'alice' });
    const whole = await server.call('DELETE', `/alice/dev/other${slash}`, { as: 'alice' });
    expect([whole.statusCode, message(whole)]).toEqual([200, 'project other deleted from stage alice/dev']);
  }
});

test('from one that is not volatile only with force', async () => {
  const server = await makeReleases();
  await server.call('POST', '/alice/dev', { as: 'alice', body: { ...push, targetindex: 'root/prod' } });
  const refused = await server.call('DELETE', '/root/prod/my-pkg/1.0', { as: 'alice' });
  expect([refused.statusCode, message(refused)]).toEqual([403, 'cannot delete version on non-volatile index']);
  expect((await server.call('DELETE', '/root/prod/my-pkg/1.0?force=', { as: 'alice' })).statusCode).toBe(200);
});

test('results of tests that are none are refused', async () => {
  const server = await makeReleases();
  const path = pathOf((await readVersion(server, '/alice/dev/my-pkg/1.0'))['+links'][0]?.href);
  expect((await server.call('POST', path, { raw: '{' })).statusCode).toBe(400);
  expect((await server.call('POST', path.replace('.whl', '.zip'), { body: {} })).statusCode).toBe(404);
  await server.call('PATCH', '/alice/dev', { as: 'alice', body: { acl_toxresult_upload: 'alice' } });
  expect((await server.call('POST', path, { body: {} })).statusCode).toBe(403);
  expect((await server.call('POST', path, { as: 'alice', body: {} })).statusCode).toBe(200);
});

test('documentation is served from its zip, in an origin of its own', async () => {
  const server = await makeReleases();
  const upload = (name: string, version: string, bytes: Buffer) => {
    const fields = [
      [':action', 'doc_upload'],
      ['name', name],
      ...(version === '' ? [] : [['version', version] as const]),
    ];
    return server.upload('alice/dev', { fields: fields as never, content: [`${name}.zip`, bytes] }, { as: 'alice' });
  };
  const docs = makeZip([
    { path: 'index.html', text: '<h1>Docs</h1>' },
    { path: 'static/style.css', text: 'h1 {}' },
  ]);
  expect((await upload('my_pkg', '', docs)).statusCode).toBe(200);
  const page = await server.call('GET', '/alice/dev/my-pkg/latest/+d/index.html', { headers: { accept: 'text/html' } });
  expect([page.statusCode, page.body, page.headers['content-type']]).toEqual([
    200,
    '<h1>Docs</h1>',
    'text/html; charset=utf-8',
  ]);
  expect(page.headers['content-security-policy']).toMatch(/^sandbox/);
  expect((await server.call('GET', '/alice/dev/my-pkg/2.0/+doc/static/style.css')).body).toBe('h1 {}');
  for (const path of ['nothing.html', '../index.html', '%2e%2e/index.html', '..%2findex.html']) {
    const answer = await server.call('GET', `/alice/dev/my-pkg/2.0/+d/${path}`, { headers: { accept: 'text/html' } });
    expect([path, answer.statusCode >= 400 && answer.statusCode < 500]).toEqual([path, true]);
  }
  const nope = await upload('nope', '', docs);
  expect([nope.statusCode, nope.statusMessage]).toEqual([
    400,
    "doczip has no version and 'nope' has no releases to derive one from",
  ]);
  expect((await upload('my_pkg', '1.0', Buffer.from('no zip'))).statusCode).toBe(400);
  expect((await upload('my_pkg', '1.0', makeZip([{ path: '../x', text: '' }]))).statusCode).toBe(400);
});

test('versions are yanked with a reason, and offered again', async () => {
  const server = await makeReleases();
  const yanked = async (): Promise<unknown[]> => {
    const headers = { accept: 'application/vnd.pypi.simple.v1+json' };
    const page = await server.call('GET', '/alice/dev/+simple/my-pkg/', { headers });
    return page.json<{ files: { yanked?: unknown }[] }>().files.map((file) => file.yanked ?? false);
  };
  expect((await server.call('PUT', '/alice/dev/my-pkg/1.0/+yank', { body: {} })).statusCode).toBe(403);
  await server.call('PUT', '/alice/dev/my-pkg/1/+yank', { as: 'alice', body: { reason: 'broken' } });
  expect(new Set(await yanked())).toEqual(new Set(['broken', false]));
  await server.call('DELETE', '/alice/dev/my-pkg/1.0/+yank', { as: 'alice' });
  expect(await yanked()).toEqual([false, false]);
  await server.call('PUT', '/alice/dev/my-pkg/+status', { as: 'alice', body: { status: 'archived', reason: 'done' } });
  const headers = { accept: 'application/vnd.pypi.simple.v1+json' };
  const page = await server.call('GET', '/alice/dev/+simple/my-pkg/', { headers });
  expect(page.body).toContain('archived');
});

test('search finds by name and summary, in JSON and XML-RPC', async () => {
  const server = await makeReleases();
  const found = await server.call('GET', '/+search?query=thing+pkg');
  expect(found.json<{ result: unknown }>().result).toEqual([
    { index: 'alice/dev', name: 'my_pkg', version: '2.0', summary: 'A thing' },
  ]);
  const call = `<?xml version='1.0'?><methodCall><methodName>search</methodName><params><param><value><struct>
    <member><name>name</name><value><array><data><value><string>my_pkg</string></value></data></array></value></member>
    </struct></value></param><param><value><string>or</string></value></param></params></methodCall>`;
  const answer = await server.call('POST', '/alice/dev/', { raw: call, headers: { 'content-type': 'text/xml' } });
  expect(answer.headers['content-type']).toContain('text/xml');
  expect(answer.body).toContain('<string>[alice/dev] A thing</string>');
  const bomb = '<!DOCTYPE x [<!ENTITY a "b">]><methodCall/>';
  const huge = `<methodCall>${'<a/>'.repeat(20_000)}</methodCall>`;
  const refused = [bomb, huge].map(async (raw) => {
    const headers = { 'content-type': 'text/xml' };
    return (await server.call('POST', '/alice/dev/', { raw, headers })).statusCode;
  });
  expect(await Promise.all(refused)).toEqual([400, 413]);
});

test('a search finds what has come, has changed, and not what is gone', async () => {
  const server = await makeReleases();
  const search = async (query: string): Promise<unknown> =>
    (await server.call('GET', `/+search?query=${query}`)).json<{ result: unknown }>().result;
  const found = (version: string, summary: string) => [{ index: 'alice/dev', name: 'my_pkg', version, summary }];
  expect(await search('my-pkg')).toEqual(found('2.0', 'A thing'));
  await server.upload('alice/dev', wheelForm('my_pkg', '3.0', [['summary', 'Another']]), { as: 'alice' });
  expect([await search('thing'), await search('another')]).toEqual([[], found('3.0', 'Another')]);
  await server.call('DELETE', '/alice/dev/my-pkg/3.0', { as: 'alice' });
  expect(await search('thing')).toEqual(found('2.0', 'A thing'));
  for (let at = 0; at < 105; at += 1) {
    const fields = [
      [':action', 'submit'],
      ['name', `many-${at}`],
      ['version', '1'],
      ['summary', 'Many'],
    ] as const;
    await server.upload('alice/dev', { fields }, { as: 'alice' });
  }
  expect(await search('many&limit=500')).toHaveLength(105);
  await server.call('DELETE', '/alice/dev/my-pkg', { as: 'alice' });
  expect(await search('my')).toEqual([]);
  await server.call('DELETE', '/alice/dev', { as: 'alice' });
  expect(await search('many')).toEqual([]);
});

test('status, health, and what a proxy asks', async () => {
  const server = await makeReleases();
  expect((await server.call('GET', '/+status')).json()).toMatchObject({
    type: 'status',
    result: { uuid: server.store.uuid, serial: server.store.serial, role: 'MASTER', polling_replicas: {} },
  });
  for (const url of ['/+health', '/+ready']) expect((await server.call('GET', url)).statusCode).toBe(200);
  expect((await server.call('GET', '/+changelog/0')).statusCode).toBe(403);
  await server.call('PATCH', '/alice/dev', { as: 'alice', body: { acl_read: 'alice' } });
  const check = async (uri: string, as?: string): Promise<number> => {
    const headers = { 'x-original-uri': uri };
    return (await server.call('GET', '/+authcheck', as === undefined ? { headers } : { as, headers })).statusCode;
  };
  expect(await check('/+api')).toBe(200);
  expect(await check('/root/stable/+simple/')).toBe(200);
  expect(await check('/alice/dev/+simple/')).toBe(401);
  expect(await check('/alice%2Fdev/+simple/')).toBe(401);
  expect(await check('/alice/dev/+simple/', 'alice')).toBe(200);
  expect(await check('/root/stable/../../alice/dev/')).toBe(401);
  expect(await check('/root//stable')).toBe(403);
});

test.each(['/%00', '/alice/dev/+f/%00/x/y', '/alice/dev/..%5c..', '/%ff', '/alice/dev/%0d%0aX: y'])(
  'the address %s is refused',
  async (url) => {
    const server = await makeTestServer();
    expect((await server.call('GET', url)).statusCode).toBe(400);
  },
);
