import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  server.listen({ port: 0, host });
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A port that is relayed by another process, which inherits the socket: as the supervisor does. */
async function relayTo(port: number, addresses?: string): Promise<number> {
  const opened = createServer();
  const front = await listen(opened);
  const { _handle: handle } = opened as unknown as { readonly _handle: { readonly fd: number } };
  const relay = new URL('relay.ts', import.meta.url).href;
  const script = `import { relayPort } from ${JSON.stringify(relay)}; relayPort({ fd: 3 }, ${port}${addresses === undefined ? '' : `, () => ${addresses}`});`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'inherit', 'inherit', handle.fd],
  });
  opened.close();
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return front;
}

async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Sends, ends its half, and returns all that comes back. */
async function ask(port: number, text: string | Buffer): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(text);
  return readAll(socket);
}

/** Answers only when the other half has ended: what `allowHalfOpen` is for. */
function echoServer(): Server {
  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    void readAll(socket).then((all) => socket.end(all));
  });
}

describe('a relayed port', () => {
  it('carries data both ways as it comes', async () => {
    const service = createServer((socket) => {
      socket.write('hello ');
      socket.on('error', () => undefined).on('data', (data) => socket.write(data.toString().toUpperCase()));
    });
    const socket = connect({ port: await relayTo(await listen(service)), host: '127.0.0.1' });
    const heard = async (): Promise<string> => String((await once(socket, 'data'))[0]);
    expect(await heard()).toBe('hello ');
    socket.write('a');
    expect(await heard()).toBe('A');
    socket.write('b');
    expect(await heard()).toBe('B');
    socket.destroy();
  });

  it('lets one side end while the other still speaks', async () => {
    const front = await relayTo(await listen(echoServer()));
    expect((await ask(front, 'question')).toString()).toBe('question');
  });

  it('lets the service end first', async () => {
    let received = '';
    const service = createServer({ allowHalfOpen: true }, (socket) => {
      socket.end('bye');
      void readAll(socket).then((all) => {
        received = all.toString();
      });
    });
    const socket = connect({ port: await relayTo(await listen(service)), host: '127.0.0.1', allowHalfOpen: true });
    expect((await readAll(socket)).toString()).toBe('bye');
    socket.end('late words');
    await expect.poll(() => received).toBe('late words');
  });

  it('carries many connections and many bytes at once', async () => {
    const front = await relayTo(await listen(echoServer()));
    const questions = Array.from({ length: 100 }, (_, index) => randomBytes(index * 500));
    const answers = await Promise.all(questions.map((question) => ask(front, question)));
    expect(answers.every((answer, index) => questions[index]?.equals(answer))).toBe(true);
    const large = randomBytes(4 * 2 ** 20);
    expect((await ask(front, large)).equals(large)).toBe(true);
  });

  it('closes a connection to a service that does not listen, and takes the next', async () => {
    const service = echoServer();
    // Where nothing else on this machine is, the port stays free.
    const host = '127.0.0.3';
    const port = await listen(service, host);
    await new Promise((resolve) => service.close(resolve));
    const front = await relayTo(port, `['${host}']`);
    const socket = connect({ port: front, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    await once(socket, 'close');
    service.listen({ port, host });
    await once(service, 'listening');
    expect((await ask(front, 'again')).toString()).toBe('again');
  });

  it('reaches a service on the IPv6 loopback address only', async (context) => {
    const service = echoServer();
    const port = await listen(service, '::1').catch(() => undefined);
    if (port === undefined) return context.skip('the machine has no IPv6 loopback address');
    expect((await ask(await relayTo(port), 'six')).toString()).toBe('six');
  });

  it('leads to the address found at each connection, and nowhere while there is none', async () => {
    const port = await listen(echoServer(), '127.0.0.2');
    const front = await relayTo(port, `(globalThis.count = (globalThis.count ?? 0) + 1) === 1 ? [] : ['127.0.0.2']`);
    const socket = connect({ port: front, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    await once(socket, 'close');
    expect((await ask(front, 'late')).toString()).toBe('late');
  });

  it('takes an abrupt end of either side to the other', async () => {
    let inner: Socket | undefined;
    const service = createServer((socket) => {
      inner = socket.on('error', () => undefined);
      socket.resume();
    });
    const front = await relayTo(await listen(service));
    const first = connect({ port: front, host: '127.0.0.1' });
    first.on('error', () => undefined);
    await expect.poll(() => inner).toBeDefined();
    first.resetAndDestroy();
    await expect.poll(() => inner?.destroyed).toBe(true);
    inner = undefined;
    const second = connect({ port: front, host: '127.0.0.1' });
    second.on('error', () => undefined);
    await expect.poll(() => inner).toBeDefined();
    const closed = once(second, 'close');
    (inner as Socket | undefined)?.resetAndDestroy();
    await closed;
  });
});
