import { expect, test } from 'vitest';
import { encode, makeTestServer } from '../../test-server.fixture.ts';

const message = (answer: { json: () => { message?: string } }): string | undefined => answer.json().message;

test('discovery says who asks, and where to log in', async () => {
  const server = await makeTestServer();
  const nobody = await server.call('GET', '/+api', { headers: { host: 'index.example.com:3141' } });
  expect(nobody.json()).toEqual({
    type: 'apiconfig',
    result: {
      login: 'http://index.example.com:3141/+login',
      authstatus: ['noauth', '', []],
      features: ['push-no-docs', 'push-only-docs', 'push-register-project', 'server-keyvalue-parsing'],
    },
  });
  const root = await server.call('GET', '/+api', { as: 'root' });
  expect(root.json<{ result: { authstatus: unknown } }>().result.authstatus).toEqual(['ok', 'root', []]);
  const basic = { authorization: `Basic ${encode('root', 'root')}` };
  const byPassword = await server.call('GET', '/+api', { headers: basic });
  expect(byPassword.json<{ result: { authstatus: unknown } }>().result.authstatus).toEqual(['ok', 'root', []]);
  const wrong = await server.call('GET', '/+api', { headers: { 'x-devpi-auth': encode('root', 'wrong') } });
  expect(wrong.json<{ result: { authstatus: unknown } }>().result.authstatus).toEqual(['noauth', '', []]);
});

test('every answer has the headers of devpi', async () => {
  const server = await makeTestServer();
  for (const url of ['/+api', '/nosuch', '/root/pypi/+simple/']) {
    const { headers } = await server.call('GET', url);
    expect(headers['x-devpi-api-version']).toBe('2');
    expect(headers['x-devpi-server-version']).toBe('9.9');
    expect(headers['x-devpi-uuid']).toBe(server.store.uuid);
    expect(headers['x-devpi-master-uuid']).toBe(server.store.uuid);
    expect(Number(headers['x-devpi-serial'])).toBe(server.store.serial);
  }
});

test.each([
  [{ user: 'root', password: 'no' }, 401, "user 'root' could not be authenticated"],
  [{ user: 'ghost', password: 'no' }, 401, "user 'ghost' could not be authenticated"],
  [{ user: 'root' }, 400, 'Bad request: no user/password specified'],
  [{}, 400, 'Bad request: no user/password specified'],
])('login with %j answers %i', async (body, status, text) => {
  const server = await makeTestServer();
  const answer = await server.call('POST', '/+login', { body });
  expect([answer.statusCode, message(answer)]).toEqual([status, text]);
});

test('a login that is no JSON is refused', async () => {
  const server = await makeTestServer();
  const answer = await server.call('POST', '/+login', { raw: '{"user":' });
  expect([answer.statusCode, message(answer)]).toEqual([400, 'Bad request: could not decode json']);
});

test('json that is nested deeper than anybody needs is refused', async () => {
  const server = await makeTestServer();
  const nest = (levels: number): string => `${'{"a":'.repeat(levels)}"]]}"${'}'.repeat(levels)}`;
  for (const [levels, text] of [
    [100, 'unexpected keyword arguments'],
    [101, 'Bad request: json with more than 100 levels'],
    [50_000, 'Bad request: json with more than 100 levels'],
  ] as const) {
    const answer = await server.call('PUT', '/root/deep', { as: 'root', raw: nest(levels) });
    expect([answer.statusCode, message(answer)]).toEqual([400, expect.stringContaining(text)]);
  }
});

test('a login gives a token for ten hours', async () => {
  const server = await makeTestServer();
  const answer = await server.call('POST', '/+login', { body: { user: 'root', password: 'root' } });
  expect(answer.json()).toMatchObject({
    type: 'proxyauth',
    message: 'login successful',
    result: { expiration: 36_000 },
  });
});

test('guessing is stopped after ten wrong passwords, also for a right one', async () => {
  const server = await makeTestServer();
  await server.addUser('alice');
  const guess = (password: string) => server.call('POST', '/+login', { body: { user: 'alice', password } });
  const answers = [];
  for (let count = 0; count < 11; count += 1) answers.push((await guess(`no${count}`)).statusCode);
  expect(answers).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  expect((await guess('another')).statusCode).toBe(429);
}, 30_000);

test('users are made, read, changed and removed as devpi has it', async () => {
  const server = await makeTestServer();
  const made = await server.call('PUT', '/alice', { body: { password: 'a', email: 'a@example.com' } });
  expect(made.statusCode).toBe(201);
  expect(made.json()).toEqual({
    type: 'userconfig',
    result: {
      username: 'alice',
      email: 'a@example.com',
      indexes: {},
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown,
    },
  });
  await server.login('alice', 'a');
  const again = await server.call('PUT', '/alice', { body: { password: 'a' } });
  expect([again.statusCode, message(again)]).toEqual([409, 'user already exists']);

  const whole = (await server.call('GET', '/alice')).json<{ result: Record<string, unknown> }>().result;
  const changed = await server.call('PATCH', '/alice', { as: 'alice', body: { ...whole, title: 'Hers' } });
  expect([changed.statusCode, message(changed)]).toEqual([200, 'user updated']);
  const after = (await server.call('GET', '/alice')).json<{ result: Record<string, unknown> }>().result;
  expect(after).toMatchObject({ title: 'Hers', email: 'a@example.com', created: whole['created'] });
  expect(JSON.stringify(after)).not.toContain('scrypt');

  const removed = await server.call('DELETE', '/alice', { as: 'root' });
  expect([removed.statusCode, message(removed)]).toEqual([200, "user 'alice' deleted"]);
  expect((await server.call('GET', '/alice')).statusCode).toBe(404);
});

test('a new password gives a new token and ends the old logins', async () => {
  const server = await makeTestServer();
  await server.addUser('alice');
  const old = await server.login('alice', 'alice');
  const changed = await server.call('PATCH', '/alice', { as: 'alice', body: { password: 'new' } });
  const answer = changed.json<{ type: string; message: string; result: { password: string } }>();
  expect([answer.type, answer.message]).toEqual(['userpassword', 'user updated, new proxy auth']);
  const status = async (secret: string): Promise<unknown> => {
    const api = await server.call('GET', '/+api', { headers: { 'x-devpi-auth': encode('alice', secret) } });
    return api.json<{ result: { authstatus: string[] } }>().result.authstatus[0];
  };
  expect(await status(old)).toBe('noauth');
  expect(await status('alice')).toBe('noauth');
  expect(await status('new')).toBe('ok');
  expect(await status(answer.result.password)).toBe('ok');
});

test.each([
  ['PUT', '/bob', {}, 400, 'password needs to be set'],
  ['PUT', '/bob', { password: 'x', foo: 1 }, 400, 'Unknown keys in user config: foo'],
  ['PUT', '/bob', { password: 7 }, 400, 'a password is a text of at most 1000 characters'],
  [
    'PUT',
    '/al%20ice',
    { password: 'x' },
    400,
    "username 'al ice' contains characters that aren't allowed. Any ascii symbol besides -.@_ is blocked.",
  ],
  ['GET', '/nosuch', undefined, 404, "no user 'nosuch'"],
  ['PATCH', '/root', { title: 'mine' }, 403, 'no permission to modify user root'],
  ['PATCH', '/root', { password: 'mine' }, 403, 'no permission to change password for user root'],
  ['DELETE', '/nosuch', undefined, 404, "required user 'nosuch' does not exist"],
  ['DELETE', '/root', undefined, 403, 'no permission to delete user root'],
])('%s %s with %j answers %i', async (method, url, body, status, text) => {
  const server = await makeTestServer();
  const answer = await server.call(method, url, body === undefined ? {} : { body });
  expect([answer.statusCode, message(answer)]).toEqual([status, text]);
});

test('not even root removes root', async () => {
  const server = await makeTestServer();
  expect((await server.call('DELETE', '/root', { as: 'root' })).statusCode).toBe(403);
});

test('a failure of permission tells its code and title', async () => {
  const server = await makeTestServer();
  const answer = await server.call('PATCH', '/root', { body: { title: 'x' } });
  expect(answer.json()).toMatchObject({ code: '403 Forbidden', title: 'Forbidden' });
});

test('a user with an index that is not volatile stays', async () => {
  const server = await makeTestServer();
  await server.addUser('alice');
  await server.call('PUT', '/alice/prod', { as: 'alice', body: { volatile: 'False' } });
  const answer = await server.call('DELETE', '/alice', { as: 'alice' });
  expect([answer.statusCode, message(answer)]).toEqual([403, "user 'alice' has non-volatile index: prod"]);
});

test('restricted, only those named make and change users, and everybody their own password', async () => {
  const server = await makeTestServer({ restrictModify: ['root'] });
  expect((await server.call('PUT', '/alice', { body: { password: 'a' } })).statusCode).toBe(403);
  expect((await server.call('PUT', '/alice', { as: 'root', body: { password: 'a' } })).statusCode).toBe(201);
  await server.login('alice', 'a');
  expect((await server.call('PATCH', '/alice', { as: 'alice', body: { title: 'x' } })).statusCode).toBe(403);
  expect((await server.call('PUT', '/alice/dev', { as: 'alice', body: {} })).statusCode).toBe(403);
  expect((await server.call('PATCH', '/alice', { as: 'alice', body: { password: 'b' } })).statusCode).toBe(200);
});

test('the list of users shows the indexes that whoever asks may read', async () => {
  const server = await makeTestServer();
  await server.addUser('alice');
  await server.call('PUT', '/alice/secret', { as: 'alice', body: { acl_read: 'alice' } });
  const indexes = async (as?: string): Promise<string[]> => {
    const list = await server.call('GET', '/', as === undefined ? {} : { as });
    expect(list.json<{ type: string }>().type).toBe('list:userconfig');
    return Object.keys(list.json<{ result: { alice: { indexes: object } } }>().result.alice.indexes);
  };
  expect(await indexes()).toEqual([]);
  expect(await indexes('alice')).toEqual(['secret']);
});
