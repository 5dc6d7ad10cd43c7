import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { limitBodyTime } from './body-progress.ts';

/** What becomes of the body of a request of which `sent` comes, and no more. */
async function readBody(sent: string, longestMs: number, isCutOff = false): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
  const server = createServer((request) => resolve(request));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n${sent}`);
  });
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  const body = limitBodyTime(await promise, longestMs);
  if (isCutOff) socket.destroy();
  return text(body).catch((error: { status?: number; code?: string }) => String(error.status ?? error.code));
}

test('a body that comes is read', async () => {
  expect(await readBody('abcd', 60_000)).toBe('abcd');
});

test('one that never comes to its end is given up', async () => {
  expect(await readBody('a', 50)).toBe('408');
});

test('one that is cut off is no whole body', async () => {
  expect(await readBody('a', 60_000, true)).toBe('ECONNRESET');
});
