import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { makeTestServer, type TestServer, wheelForm } from '../../test-server.fixture.ts';

type Actions = readonly (readonly unknown[])[];

/** `my-pkg` 1.0 on alice/dev. */
async function makeRelease(): Promise<TestServer> {
  const server = await makeTestServer();
  await server.addUser('alice');
  await server.call('PUT', '/alice/dev', { as: 'alice', body: {} });
  await server.upload('alice/dev', wheelForm('my_pkg', '1.0'), { as: 'alice' });
  return server;
}

/** A server on loopback, until the test is over. */
async function listen(answer: RequestListener): Promise<number> {
  const other = createServer(answer);
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    other.closeAllConnections();
    other.close();
  });
  return (other.address() as AddressInfo).port;
}

async function push(server: TestServer, as: string, posturl: string, user = 'u', password = 'p') {
  const body = { name: 'my-pkg', version: '1.0', posturl, username: user, password };
  const answer = await server.call('POST', '/alice/dev', { as, body });
  return { status: answer.statusCode, actions: answer.json<{ result: Actions }>().result };
}

test('one index pushes to another server as twine would', async () => {
  const server = await makeRelease();
  const target = await makeTestServer();
  await target.call('PUT', '/root/in', { as: 'root', body: {} });
  await target.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = target.app.server.address() as AddressInfo;
  const pushed = await push(server, 'root', `http://127.0.0.1:${port}/root/in/`, 'root', 'root');
  expect([pushed.status, pushed.actions.map(([status, what]) => [status, what])]).toEqual([200, [[200, 'upload']]]);
  const version = await target.call('GET', '/root/in/my-pkg/1.0');
  expect(version.json<{ result: { '+links': unknown[] } }>().result['+links']).toHaveLength(1);
});

test.each(['http://127.0.0.1:PORT/', 'http://localhost:PORT/', 'http://[::ffff:127.0.0.1]:PORT/'])(
  'whoever made themselves a user has nothing sent to %s, which is not of the internet',
  async (address) => {
    const server = await makeRelease();
    const asked: string[] = [];
    const port = await listen((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    const refused = await push(server, 'alice', address.replace('PORT', String(port)));
    expect([refused.status, refused.actions[0]]).toEqual([
      502,
      [-1, 'exception on release upload:', expect.stringContaining('private')],
    ]);
    expect(asked).toEqual([]);
  },
);

test('a redirect is not followed, as it would take the password along', async () => {
  const server = await makeRelease();
  const asked: string[] = [];
  const port = await listen((request, response) => {
    asked.push(request.url ?? '');
    request.resume();
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  expect((await push(server, 'root', `http://127.0.0.1:${port}/`)).actions[0]?.[0]).toBe(307);
  expect(asked).toEqual(['/']);
});

test('the status of a server that refuses and closes is told', async () => {
  const server = await makeRelease();
  const port = await listen((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(413, { 'content-length': '100' });
      response.write('too large', () => response.socket?.end());
    });
  });
  const [[status] = []] = (await push(server, 'root', `http://127.0.0.1:${port}/`)).actions;
  expect(status).toBe(413);
});

test('no more is read of what another server answers than is shown', async () => {
  const server = await makeRelease();
  let sent = 0;
  const port = await listen((request, response) => {
    request.resume();
    response.statusCode = 500;
    response.on('error', () => undefined);
    const more = (): void => {
      sent += 1;
      if (!response.destroyed && sent < 1000) response.write(Buffer.alloc(1 << 16, 'x'), more);
    };
    more();
  });
  const failed = await push(server, 'root', `http://127.0.0.1:${port}/`);
  const [[status, , , text] = []] = failed.actions;
  expect([failed.status, status, String(text).length, sent < 1000]).toEqual([502, 500, 500, true]);
});
