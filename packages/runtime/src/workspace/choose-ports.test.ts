import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Endpoint } from '@devstead/environment';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeContainer, makeEnvironment } from '../plan/environment.fixture.ts';
import { type ChooseOptions, choosePorts, findFreePort } from './choose-ports.ts';

/** Below the ports that the kernel gives out by itself. */
const first = 28_100;
const none: ChooseOptions = { first, before: {}, taken: new Set(), held: new Set(), includesInternal: false };

function endpoint(name: string, parts: Partial<Endpoint> = {}): Endpoint {
  return { name, port: 8080, exposure: 'public', protocol: 'http', secure: false, ...parts };
}

const environment = makeEnvironment({
  containers: [
    makeContainer('web', {
      endpoints: [endpoint('http', { path: '/ui' }), endpoint('debug', { exposure: 'internal', port: 5678 })],
    }),
    makeContainer('db', {
      endpoints: [
        endpoint('sql', { port: 5432, protocol: 'tcp' }),
        endpoint('dns', { port: 53, protocol: 'udp' }),
        endpoint('secret', { exposure: 'none' }),
      ],
    }),
  ],
});

async function occupy(port: number, host = '127.0.0.1'): Promise<Server> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return server;
}

async function choose(change: Partial<ChooseOptions> = {}): Promise<Record<string, number>> {
  const ports = await choosePorts(environment, { ...none, ...change });
  return Object.fromEntries(ports.map(({ endpoint: name, hostPort }) => [name, hostPort]));
}

describe('choosing ports', () => {
  it('publishes what is public and can be relayed, each at a port of its own', async () => {
    expect(await choosePorts(environment, none)).toEqual([
      {
        endpoint: 'http',
        container: 'web',
        port: 8080,
        hostPort: first,
        exposure: 'public',
        protocol: 'http',
        path: '/ui',
      },
      { endpoint: 'sql', container: 'db', port: 5432, hostPort: first + 1, exposure: 'public', protocol: 'tcp' },
    ]);
  });

  it('publishes what is internal when asked, and never what is exposed nowhere', async () => {
    expect(await choose({ includesInternal: true })).toEqual({ http: first, debug: first + 1, sql: first + 2 });
  });

  it('passes over ports of others: promised ones and those somebody listens on', async () => {
    await occupy(first + 1);
    expect(await choose({ taken: new Set([first]) })).toEqual({ http: first + 2, sql: first + 3 });
  });

  it('leaves an endpoint the port it had', async () => {
    expect(await choose({ before: { sql: first, http: first + 5 } })).toEqual({ http: first + 5, sql: first });
  });

  it('takes a port that the workspace itself holds', async () => {
    await occupy(first + 5);
    const before = { http: first + 5 };
    expect(await choose({ before, held: new Set([first + 5]) })).toMatchObject({ http: first + 5 });
    expect(await choose({ before })).toMatchObject({ http: first });
  });

  it('gives one port to one endpoint, even when two had it', async () => {
    expect(await choose({ before: { http: first + 7, sql: first + 7 } })).toEqual({ http: first + 7, sql: first });
    const taken = new Set([first + 7]);
    expect(await choose({ before: { http: first + 7 }, taken })).toEqual({ http: first, sql: first + 1 });
  });

  it('does not give a new endpoint the port that a later one has', async () => {
    expect(await choose({ before: { sql: first } })).toEqual({ http: first + 1, sql: first });
  });
});

describe('a free port', () => {
  it('is one that can be listened on', async () => {
    const found = await findFreePort(first, new Set([first]));
    expect(found).toBeGreaterThan(first);
    const server = await occupy(found);
    expect((server.address() as AddressInfo).port).toBe(found);
  });

  it('is an error when there is none', async () => {
    await expect(findFreePort(65_535, new Set([65_535]))).rejects.toThrow('no free port');
  });
});
