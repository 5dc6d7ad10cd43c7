import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { acceptPushMethod } from './accept-push-method.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Sends the pieces in their order, each once the server has answered what came before `wait`. */
async function talk(pieces: readonly string[], answers: number): Promise<string[]> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => response.end(`<${request.method} ${request.url} ${body}>`));
  });
  acceptPushMethod(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  closing.push(() => {
    socket.destroy();
    server.close();
  });
  let text = '';
  const found = (): string[] => text.match(/<[^>]*>|HTTP\/1\.1 [45]\d\d/g) ?? [];
  return new Promise((resolve, reject) => {
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (found().length >= answers) resolve(found());
    });
    socket.on('close', () => resolve(found()));
    socket.on('error', reject);
    void (async () => {
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise((next) => setImmediate(() => setTimeout(next, 5)));
      }
    })();
  });
}

const request = (method: string, body: string): string =>
  `${method} /u/i HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test('PUSH is answered as POST, with requests before and after it on one connection', async () => {
  const all = [request('GET', ''), request('PUSH', 'abc'), request('PUSH', ''), request('DELETE', 'x')];
  expect(await talk(all, 4)).toEqual(['<GET /u/i >', '<POST /u/i abc>', '<POST /u/i >', '<DELETE /u/i x>']);
});

test('a body that comes in pieces is read to its end', async () => {
  const whole = request('PUSH', 'a'.repeat(30));
  expect(await talk([whole.slice(0, 75), whole.slice(75, 80), whole.slice(80)], 1)).toEqual([
    `<POST /u/i ${'a'.repeat(30)}>`,
  ]);
});

test('requests sent without waiting for answers are each answered', async () => {
  expect(await talk([request('GET', '') + request('PUSH', 'b') + request('GET', '')], 3)).toEqual([
    '<GET /u/i >',
    '<POST /u/i b>',
    '<GET /u/i >',
  ]);
});

test('any other method and any nonsense is refused', async () => {
  expect(await talk([request('PUSHY', '')], 1)).toEqual(['HTTP/1.1 400']);
  expect(await talk(['\u0000\u0001 what\r\n\r\n'], 1)).toEqual(['HTTP/1.1 400']);
  expect(await talk([`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`], 1)).toEqual(['HTTP/1.1 431']);
});
