import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Launcher, LauncherError } from './launcher.ts';

/** A message of PostgreSQL that refuses with a code (PostgreSQL, "ErrorResponse"). */
function refusal(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0Mno\0\0`);
  const head = Buffer.from('E....');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

const wantsPassword = Buffer.from('R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0', 'latin1');

describe('the launcher, asking a service whether it takes requests', () => {
  const ends: (() => void)[] = [];

  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  /** A service that gives one connection after another the next of these answers, the last one again and again. */
  async function serve(answers: readonly (string | Buffer)[]): Promise<{ port: number; asked: string[] }> {
    const asked: string[] = [];
    const server: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (question: Buffer) => {
        socket.end(answers[Math.min(asked.push(question.toString('latin1')), answers.length) - 1] ?? '');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    return { port: (server.address() as AddressInfo).port, asked };
  }

  function ask(protocol: string, port: number, signal?: AbortSignal): Promise<string> {
    const launcher = new Launcher(['DEVSTEAD_TEST', String(process.pid)]);
    ends.push(() => launcher.close());
    return launcher.request({ order: 'answering', words: [String(port), protocol, String(port)] }, signal);
  }

  it('waits until Redis has read its data', async () => {
    const { port, asked } = await serve(['-LOADING Redis is loading\r\n', '', '+PONG\r\n']);
    await ask('redis', port);
    expect(asked).toEqual(['PING\r\n', 'PING\r\n', 'PING\r\n']);
  });

  it('takes a Redis that wants a password for ready', async () => {
    const { port, asked } = await serve(['-NOAUTH Authentication required.\r\n']);
    await ask('redis', port);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['asks for a password', wantsPassword],
    ['knows no such database', refusal('3D000')],
    ['has no connection left', refusal('53300')],
  ])('waits while PostgreSQL is starting, until it %s', async (_, answer) => {
    const { port, asked } = await serve([refusal('57P03'), refusal('57P03'), answer]);
    await ask('postgresql', port);
    expect(asked).toHaveLength(3);
    expect(asked[0]).toBe('\0\0\0)\0\x03\0\0user\0postgres\0database\0postgres\0\0');
  });

  it('ends when it is asked to', async () => {
    const { port } = await serve([refusal('57P03')]);
    const end = new AbortController();
    const answer = ask('postgresql', port, end.signal);
    setTimeout(() => end.abort(), 50);
    await expect(answer).rejects.toThrow(LauncherError);
  });
});
