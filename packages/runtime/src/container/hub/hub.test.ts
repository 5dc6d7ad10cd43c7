import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EngineClient } from '../engine/engine-client.ts';
import { type HubChannel, openHubChannel } from './hub-channel.ts';

/** The hub's program as a process of this machine, behind what an engine would make of its streams. */
async function openChannel(): Promise<HubChannel> {
  const child = spawn('perl', [fileURLToPath(new URL('./hub.pl', import.meta.url))], { stdio: 'pipe' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => void child.stdin.write(chunk, () => done()),
  });
  child.stdout.on('data', (chunk: Buffer) => {
    const head = Buffer.alloc(8);
    head[0] = 1;
    head.writeUInt32BE(chunk.length, 4);
    stream.push(Buffer.concat([head, chunk]));
  });
  child.stdout.on('end', () => stream.push(null));
  const client = { call: async () => ({ Id: 'exec' }), hijack: async () => stream };
  return openHubChannel(client as unknown as EngineClient, 'hub');
}

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const large = Buffer.alloc(3_000_000, 'abcdefghij');

describe('the hub', () => {
  it('carries an answer whole, however large, and its end', async () => {
    const port = await listen(createServer((socket) => void socket.end(large)));
    const connection = await (await openChannel()).connect('127.0.0.1', port);
    const parts: Buffer[] = [];
    await new Promise<void>((resolve) => {
      connection.onData = (part) => void parts.push(part);
      connection.onEnd = resolve;
    });
    expect(Buffer.concat(parts).equals(large)).toBe(true);
  });

  it('sends what it was given also when the connection is let go right after', async () => {
    const got = new Promise<Buffer>((resolve) => {
      const server = createServer((socket) => void buffer(socket).then(resolve));
      void listen(server).then(async (port) => {
        const connection = await (await openChannel()).connect('127.0.0.1', port);
        connection.write(large);
        connection.end();
        connection.destroy();
      });
    });
    expect((await got).length).toBe(large.length);
  });

  it('says when nobody listens', async () => {
    const channel = await openChannel();
    await expect(channel.connect('127.0.0.1', 1)).rejects.toThrowError('refused');
  });

  it('carries datagrams one by one, also empty ones, and outlives that nobody is there', async () => {
    const program = createSocket('udp4');
    onTestFinished(() => void program.close());
    program.on('message', (question, { port, address }) => program.send(question, port, address));
    program.bind(0, '127.0.0.1');
    await once(program, 'listening');
    const channel = await openChannel();
    (await channel.openDatagrams('localhost', 1)).write(Buffer.from('to nobody'));
    const way = await channel.openDatagrams('localhost', program.address().port);
    const got: string[] = [];
    const answered = new Promise<void>((resolve) => {
      way.onData = (part) => {
        if (got.push(part.toString()) === 3) resolve();
      };
    });
    for (const text of ['one', '', 'x'.repeat(9000)]) way.write(Buffer.from(text));
    await answered;
    expect(got.map(({ length }) => length)).toEqual([3, 0, 9000]);
  });

  it('takes connections for the machine', async () => {
    const channel = await openChannel();
    const free = createServer();
    // Where nothing else on this machine is, the port stays free.
    const host = '127.0.0.3';
    const port = await listen(free, host);
    free.close();
    await once(free, 'close');
    await channel.listen(host, port, (connection) => {
      connection.onData = (part) => {
        connection.write(part);
        connection.end();
      };
    });
    const socket = connect(port, host);
    socket.write('hello');
    expect((await buffer(socket)).toString()).toBe('hello');
  });

  it('notices what begins to listen', async () => {
    const channel = await openChannel();
    const port = await listen(createServer());
    await channel.waitForPorts([port]);
    expect((await channel.listListening()).has(port)).toBe(true);
  });

  it('ends what waits when it is gone', async () => {
    const channel = await openChannel();
    const waiting = channel.waitForPorts([1]);
    setTimeout(() => channel.close(), 50);
    await expect(waiting).rejects.toMatchObject({ code: 'WORKSPACE_NOT_RUNNING' });
  });
});
