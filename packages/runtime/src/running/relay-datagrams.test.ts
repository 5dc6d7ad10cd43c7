import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPort } from './open-port.ts';

async function listen(answer: (question: string) => string): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address }) => socket.send(answer(question.toString()), port, address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return socket.address().port;
}

/** Below the ports that the kernel gives out by itself, those of scenarios and of users; another run has others. */
let lastPort = 10_170 + (process.pid % 50) * 200;

/** A port that is relayed by another process, which inherits the socket: as the supervisor does. */
async function relayTo(port: number): Promise<number> {
  lastPort += 1;
  const front = lastPort;
  const opened = await openPort({
    endpoint: 'dns',
    container: 'dns',
    port,
    hostPort: front,
    exposure: 'public',
    protocol: 'udp',
  });
  const relay = new URL('relay-datagrams.ts', import.meta.url).href;
  const script = `import { openSocketWay, relayDatagrams } from ${JSON.stringify(relay)};
    relayDatagrams({ fd: 3, isIpv6: false }, openSocketWay(${port}, () => ['::1', '127.0.0.1']));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'inherit', 'inherit', opened.fd],
  });
  opened.close();
  onTestFinished(() => void child.kill('SIGKILL'));
  return front;
}

async function ask(socket: Socket, port: number, text: string): Promise<string> {
  const answered = once(socket, 'message');
  socket.send(text, port, '127.0.0.1');
  return String((await answered)[0]);
}

function openAsker(): Socket {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  return socket;
}

describe('a relayed UDP port', () => {
  it('carries questions there and each answer to its asker, also those that came before the relay', async () => {
    const front = await relayTo(await listen((question) => question.toUpperCase()));
    const [one, other] = [openAsker(), openAsker()];
    expect(await Promise.all([ask(one, front, 'a'), ask(other, front, 'b')])).toEqual(['A', 'B']);
    expect(await ask(one, front, 'c')).toBe('C');
  });

  it('says who has a port that is taken', async () => {
    const front = await relayTo(1);
    const port = {
      endpoint: 'x',
      container: 'x',
      port: 1,
      hostPort: front,
      exposure: 'public',
      protocol: 'udp',
    } as const;
    await expect(openPort(port)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringMatching(/\/udp is in use by process \d+/),
    });
    // The same number for TCP is another port.
    (await openPort({ ...port, protocol: 'http' })).close();
  });
});
