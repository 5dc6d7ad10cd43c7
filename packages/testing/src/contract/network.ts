import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdPort, portOf } from '../tcp-port.ts';
import {
  ContractBench,
  type ContractSession,
  countOutlets,
  devfileOf,
  type OpenRuntime,
  shellContainer,
  tools,
} from './contract-session.ts';
import { thisMachine } from './machine.ts';

const serve = (port: number, address: string, text: string): string =>
  `mkdir -p /tmp/${port} && cd /tmp/${port} && echo ${text} > index.html && exec python3 -m http.server --bind ${address} ${port}`;

/** Says everything back in capitals. */
const echo =
  'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("0.0.0.0", 9000))\nwhile True: text, to = s.recvfrom(99); s.sendto(text.upper(), to)';

const devfile = (text: string): string =>
  devfileOf(
    `${shellContainer('web', serve(8000, '127.0.0.1', `${text}-loopback`), 'endpoints: [{name: loop, targetPort: 8000}, {name: inner, targetPort: 8002, exposure: internal}, {name: never, targetPort: 8003, exposure: none}]')}
${shellContainer('api', serve(8001, '0.0.0.0', `${text}-any`), 'endpoints: [{name: any, targetPort: 8001}]')}
${shellContainer('echo', `exec python3 -c '${echo}'`)}
${tools('dev')}`,
  );

/** Asks for a page until somebody answers: containers with a program of their own are ready when they run. */
async function fetchText(port: number): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2000) });
      return (await response.text()).trim();
    } catch (error) {
      if (attempt > 40) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Asks until somebody answers: a datagram may be lost. */
async function askDatagram(port: number, text: string): Promise<string> {
  const socket = createSocket('udp4');
  const answer = once(socket, 'message');
  const again = setInterval(() => socket.send(text, port, '127.0.0.1'), 100);
  try {
    return String((await Promise.race([answer, delay(15_000, ['nobody answers'])]))[0]);
  } finally {
    clearInterval(again);
    socket.close();
  }
}

/** One network a workspace: what is reached from where. */
export function describeNetwork(openRuntime: OpenRuntime): void {
  describe('network', () => {
    let bench: ContractBench;
    let session: ContractSession;
    const machine = openRuntime.engine?.machine ?? thisMachine;
    beforeAll(async () => {
      bench = new ContractBench(openRuntime);
      session = await bench.start('network', devfile('first'));
      await fetchText(await session.hostPort('loop'));
      await fetchText(await session.hostPort('any'));
    });
    afterAll(() => bench.close());

    it('publishes public endpoints, also of programs that listen on the loopback address alone', async () => {
      expect(Object.keys((await session.runtime.observe()).publishedPorts).sort()).toEqual(['any', 'loop']);
      expect(await fetchText(await session.hostPort('loop'))).toBe('first-loopback');
      expect(await fetchText(await session.hostPort('any'))).toBe('first-any');
    });

    it('shares localhost between containers, and resolves their names', async () => {
      for (const host of ['localhost', '127.0.0.1', 'web', 'network']) {
        expect(await session.ask('dev', `curl -fsS http://${host}:8000/`), host).toBe('first-loopback');
      }
    });

    it('forwards a port for a while', async () => {
      const hostPort = (await session.hostPort('any')) + 100;
      const port = {
        endpoint: 'extra',
        container: 'api',
        port: 8001,
        hostPort,
        exposure: 'debug',
        protocol: 'http',
      } as const;
      const end = await session.runtime.forwardPorts([port]);
      expect(await fetchText(hostPort)).toBe('first-any');
      await end();
      await expect(fetch(`http://127.0.0.1:${hostPort}/`)).rejects.toThrowError('fetch failed');
      expect(await fetchText(await session.hostPort('any'))).toBe('first-any');
    });

    it('carries datagrams, each answer to its asker', async () => {
      const hostPort = (await session.hostPort('any')) + 101;
      const port = {
        endpoint: 'dns',
        container: 'echo',
        port: 9000,
        hostPort,
        exposure: 'debug',
        protocol: 'udp',
      } as const;
      const end = await session.runtime.forwardPorts([port]);
      try {
        expect(await Promise.all(['a', 'b'].map((text) => askDatagram(hostPort, text)))).toEqual(['A', 'B']);
      } finally {
        await end();
      }
    });

    it('names the owner of a port that is taken', async () => {
      const server = await holdPort('127.0.0.1');
      const hostPort = portOf(server);
      const port = {
        endpoint: 'extra',
        container: 'api',
        port: 8001,
        hostPort,
        exposure: 'debug',
        protocol: 'http',
      } as const;
      await expect(session.runtime.forwardPorts([port])).rejects.toMatchObject({
        code: 'PORT_IN_USE',
        message: expect.stringContaining(String(process.pid)),
      });
      server.close();
    });

    it('runs two workspaces of one devfile side by side, each with its own ports', async () => {
      const other = await bench.start('second', devfile('second'));
      expect(await fetchText(await other.hostPort('loop'))).toBe('second-loopback');
      expect(await fetchText(await session.hostPort('loop'))).toBe('first-loopback');
      const observed = await Promise.all([session, other].map(({ runtime }) => runtime.observe()));
      const ports = observed.flatMap(({ publishedPorts }) => Object.values(publishedPorts));
      expect(new Set(ports).size).toBe(4);
      expect(await other.ask('dev', 'curl -fsS http://localhost:8000/')).toBe('second-loopback');
    });

    it('has a way out', async () => {
      expect((await session.runtime.inspect([])).networkProblem).toBeUndefined();
      expect(await session.ask('dev', countOutlets)).not.toBe('0');
      expect(await session.ask('dev', 'grep nameserver /etc/resolv.conf')).toMatch(/^nameserver \d/);
    });

    it('never reaches the machine’s loopback, by whichever address', async () => {
      const addresses = ['127.0.0.1', '127.0.0.2', '::1'];
      const held = await Promise.all(addresses.map((address) => machine.hold(address)));
      try {
        const ports = held.map(({ port }) => port);
        const targets = ['127.0.0.1', '127.0.0.2', '::1', '10.0.2.2', '10.0.2.3', 'localhost', '0.0.0.0'];
        const script = `import socket, sys
for port in ${JSON.stringify(ports)}:
    for host in ${JSON.stringify(targets)}:
        try:
            socket.create_connection((host, port), 1).close()
            print('reached', host, port)
        except OSError:
            pass`;
        // The listeners are really there: from the machine each is reached.
        for (const one of held) expect(await one.isReached()).toBe(true);
        expect((await session.exec('dev', ['python3', '-c', script])).stdout).toBe('');
      } finally {
        for (const one of held) one.close();
      }
    });

    it('reaches other addresses of the machine as any other network', async (context) => {
      const address = machine.findAddress();
      if (address === undefined) {
        context.skip('the machine has no address but loopback ones');
        return;
      }
      const held = await machine.hold(address);
      try {
        const script = `import socket; socket.create_connection(('${address}', ${held.port}), 3); print('reached')`;
        expect((await session.exec('dev', ['python3', '-c', script])).stdout).toBe('reached\n');
      } finally {
        held.close();
      }
    });
  });
}
