import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRemains, type Inventory, takeInventory } from '../machine-inventory.ts';
import { askPort } from '../tcp-port.ts';
import { waitUntil } from '../wait-until.ts';
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

const serve = (text: string, address = '0.0.0.0'): string =>
  `mkdir -p /tmp/www && cd /tmp/www && echo ${text} > index.html && exec python3 -m http.server --bind ${address} 8000`;

/** Two containers that share a network, two with one of their own; all serve at the same port. */
const devfile = devfileOf(
  `${shellContainer('web', serve('shared'), 'endpoints: [{name: web, targetPort: 8000}]')}
${tools('dev')}
${shellContainer('apart', serve('dedicated'), 'dedicatedPod: true, endpoints: [{name: apart, targetPort: 8000}]')}
  - name: cache
    container: {image: docker.io/library/redis:7, dedicatedPod: true, endpoints: [{name: cache, targetPort: 6379, protocol: tcp}]}`,
);

const ask = (host: string): string => `curl -fsS --retry 40 --retry-delay 0 --retry-all-errors http://${host}:8000/`;
const isRefused = (host: string, port: number): string =>
  `! bash -c 'exec 3<>/dev/tcp/${host}/${port}' 2>/dev/null && echo refused`;

/** Containers with `dedicatedPod`: a network of their own, reached by name. */
export function describeDedicated(openRuntime: OpenRuntime): void {
  describe('dedicated containers', () => {
    let bench: ContractBench;
    let session: ContractSession;
    const machine = openRuntime.engine?.machine ?? thisMachine;
    let before: Inventory;
    beforeAll(async () => {
      bench = new ContractBench(openRuntime);
      before = takeInventory(bench.home);
      session = await bench.start('dedicated', devfile);
    });
    afterAll(() => bench.close());

    it('reach and are reached by name, each at the same port', async () => {
      expect(await session.ask('dev', ask('web'))).toBe('shared');
      expect(await session.ask('dev', ask('apart'))).toBe('dedicated');
      expect(await session.ask('apart', ask('web'))).toBe('shared');
      expect(await session.ask('apart', ask('dev'))).toBe('shared');
      expect(await session.ask('apart', ask('apart'))).toBe('dedicated');
    });

    it('reach each other', async () => {
      expect(await session.ask('cache', isRefused('apart', 8001))).toBe('refused');
      await session.ask('cache', "bash -c 'exec 3<>/dev/tcp/apart/8000'");
      const ping = `import socket; s = socket.create_connection(('cache', 6379), 3); s.send(b'PING\\r\\n'); print(s.recv(9))`;
      expect((await session.exec('apart', ['python3', '-c', ping])).stdout).toBe("b'+PONG\\r\\n'\n");
    });

    it('do not share localhost', async () => {
      expect(await session.ask('dev', ask('localhost'))).toBe('shared');
      expect(await session.ask('apart', ask('localhost'))).toBe('dedicated');
      expect(await session.ask('dev', isRefused('127.0.0.1', 6379))).toBe('refused');
      expect(await session.ask('cache', isRefused('127.0.0.1', 8000))).toBe('refused');
      const namespaces = await Promise.all(
        ['dev', 'web', 'apart', 'cache'].map((name) => session.ask(name, 'readlink /proc/self/ns/net')),
      );
      expect(namespaces[0]).toBe(namespaces[1]);
      expect(new Set(namespaces).size).toBe(3);
    });

    it('have a host name of their own, and no sources unless they ask for them', async () => {
      expect(await session.ask('apart', 'uname -n; grep -c " /projects " /proc/mounts || true')).toBe('apart\n0');
      expect(await session.ask('dev', 'uname -n')).toBe('dedicated');
    });

    it('are reached at their endpoints from the machine', async () => {
      const [shared, own] = [await session.hostPort('web'), await session.hostPort('apart')];
      const page = async (port: number): Promise<string> => (await fetch(`http://127.0.0.1:${port}/`)).text();
      expect([await page(shared), await page(own)]).toEqual(['shared\n', 'dedicated\n']);
      expect(await askPort(await session.hostPort('cache'), 'PING\r\n')).toBe('+PONG\r\n');
      const hostPort = own + 100;
      const end = await session.runtime.forwardPorts([
        { endpoint: 'extra', container: 'apart', port: 8000, hostPort, exposure: 'debug', protocol: 'http' },
      ]);
      expect(await page(hostPort)).toBe('dedicated\n');
      await end();
    });

    it('have a way out of their own, and none to the machine’s loopback', async () => {
      expect((await session.runtime.observe()).connectedContainers).toEqual(['apart', 'cache']);
      expect(await session.ask('apart', countOutlets)).not.toBe('0');
      expect(await session.ask('apart', 'grep nameserver /etc/resolv.conf')).toMatch(/^nameserver \d/);
      const hostPort = await session.hostPort('web');
      for (const host of ['127.0.0.1', '10.0.2.2']) {
        expect(await session.ask('apart', isRefused(host, hostPort)), host).toBe('refused');
      }
    });

    it('reach other addresses of the machine as any other network', async (context) => {
      const address = machine.findAddress();
      if (address === undefined) {
        context.skip('the machine has no address but loopback ones');
        return;
      }
      const held = await machine.hold(address);
      try {
        const script = `import socket; socket.create_connection(('${address}', ${held.port}), 3); print('reached')`;
        expect((await session.exec('apart', ['python3', '-c', script])).stdout).toBe('reached\n');
      } finally {
        held.close();
      }
    });

    it('are ready when they answer in their own network', async () => {
      const { containers, listeningPorts, dedicatedPorts } = await session.runtime.inspect(['cache', 'web']);
      expect(containers['cache']).toMatchObject({ isReady: true, address: expect.stringMatching(/^(?:\d+\.){3}\d+$/) });
      expect(containers['web']?.address).toBeUndefined();
      expect(dedicatedPorts['cache']?.has(6379)).toBe(true);
      expect(listeningPorts.has(6379)).toBe(false);
    });

    it('keep name, and address or say that it is not kept, over a change and a crash, and touch nothing else', async () => {
      const others = async (): Promise<unknown[]> => {
        const { containers } = await session.runtime.observe();
        return ['web', 'dev', 'cache'].map((name) => containers[name]?.startedAt);
      };
      const startedBefore = await others();
      const first = (await session.runtime.inspect(['apart'])).containers['apart']?.address;
      await session.up(devfile.replace('echo dedicated', 'echo changed'));
      expect(await session.ask('dev', ask('apart'))).toBe('changed');
      await session.shell('apart', 'kill -9 $(cat /proc/1/task/1/children)');
      await waitUntil('it runs again', async () => {
        const found = (await session.runtime.observe()).containers['apart'];
        return found?.state === 'running' && found.restarts > 0;
      });
      expect(await session.ask('dev', ask('apart'))).toBe('changed');
      const last = (await session.runtime.inspect(['apart'])).containers['apart']?.address;
      const keepsAddresses = !(await session.runtime.listLacks()).includes('kept-addresses');
      expect(last).toEqual(keepsAddresses ? first : expect.stringMatching(/^(?:\d+\.){3}\d+$/));
      expect(await others()).toEqual(startedBefore);
    });

    it('have nothing more to do when all is as described', async () => {
      await session.up(devfile);
      expect((await session.up(devfile)).steps).toEqual([]);
    });

    it('come, change sides and go while the others run', async () => {
      const other = await bench.start('movable', devfileOf(tools('dev')));
      const startedAt = (await other.runtime.observe()).containers['dev']?.startedAt;
      const withNew = (more: string): string =>
        devfileOf(`${tools('dev')}\n${shellContainer('new', serve('hello'), more)}`);
      await other.up(withNew('dedicatedPod: true'));
      expect(await other.ask('dev', ask('new'))).toBe('hello');
      expect(await other.ask('dev', isRefused('127.0.0.1', 8000))).toBe('refused');
      await other.up(withNew('mountSources: false'));
      expect(await other.ask('dev', ask('localhost'))).toBe('hello');
      expect(await other.ask('dev', 'getent hosts new')).toMatch(/^127\.0\.0\.1 /);
      await other.up(withNew('dedicatedPod: true'));
      expect(await other.ask('dev', ask('new'))).toBe('hello');
      await other.up(devfileOf(tools('dev')));
      expect((await other.shell('dev', 'getent hosts new')).code).not.toBe(0);
      expect(await other.ask('dev', 'grep -c veth /proc/net/dev || true')).toBe('0');
      expect((await other.runtime.observe()).containers['dev']?.startedAt).toBe(startedAt);
    });

    it('leave nothing', async () => {
      await bench.home.runWell(['down', '--all', '--volumes', '--no-commands']);
      expect(await findRemains(bench.home, before)).toEqual([]);
    });
  });
}
