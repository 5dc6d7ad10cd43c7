import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Endpoint, Service } from '@devstead/environment';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeContainer, makeEnvironment } from '../plan/environment.fixture.ts';
import { makeServiceContainer } from '../plan/service.fixture.ts';
import { type ChooseOptions, choosePorts, findFreePort } from './choose-ports.ts';

/** Below the ports that the kernel gives out by itself, those of scenarios and of users; another run has others. */
const first = 10_000 + (process.pid % 50) * 200;
const none: ChooseOptions = { first, before: {}, taken: new Set(), held: {}, includesInternal: false };

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
  // Ports of UDP are numbered apart.
  return Object.fromEntries(
    ports.filter(({ protocol }) => protocol !== 'udp').map(({ endpoint: name, hostPort }) => [name, hostPort]),
  );
}

describe('choosing ports', () => {
  it('publishes what is public, each at a port of its own', async () => {
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
      { endpoint: 'dns', container: 'db', port: 53, hostPort: first, exposure: 'public', protocol: 'udp' },
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
    expect(await choose({ before, held: { http: first + 5 } })).toMatchObject({ http: first + 5 });
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

describe('the ports of a service', () => {
  const port = (target: number, published?: string, hostIp?: string): Service['ports'][number] => ({
    target,
    protocol: 'tcp',
    ...(published === undefined ? {} : { published }),
    ...(hostIp === undefined ? {} : { hostIp }),
  });
  const chooseFor = async (parts: Partial<Service>, change: Partial<ChooseOptions> = {}): Promise<unknown[]> => {
    const services = makeEnvironment({ containers: [makeServiceContainer('web', parts)] });
    const chosen = await choosePorts(services, { ...none, ...change });
    return chosen.map(({ endpoint, hostPort, hostIp = 'loopback', protocol }) => [
      endpoint,
      hostPort,
      hostIp,
      protocol,
    ]);
  };

  it('are as written, at all addresses unless one is named', async () => {
    const ports = [
      port(80, `${first + 90}`),
      port(5432, `${first + 91}`, '127.0.0.1'),
      { ...port(53, `${first + 92}`), protocol: 'udp' as const },
    ];
    // What is promised to a workspace that does not run does not count.
    expect(await chooseFor({ ports }, { taken: new Set([first + 90]) })).toEqual([
      ['web-80', first + 90, '0.0.0.0', 'http'],
      ['web-5432', first + 91, 'loopback', 'tcp'],
      ['web-53-udp', first + 92, '0.0.0.0', 'udp'],
    ]);
  });

  it('are the first open ones of a range, or any', async () => {
    await occupy(first + 95, '0.0.0.0');
    expect(await chooseFor({ ports: [port(80, `${first + 95}-${first + 99}`)] })).toEqual([
      ['web-80', first + 96, '0.0.0.0', 'http'],
    ]);
    expect(await chooseFor({ ports: [port(80, `${first + 95}-${first + 99}`)], replicas: 2 })).toHaveLength(2);
    const before = { 'web-80': first + 98 };
    expect(await chooseFor({ ports: [port(80, `${first + 95}-${first + 99}`)] }, { before })).toEqual([
      ['web-80', first + 98, '0.0.0.0', 'http'],
    ]);
    expect(await chooseFor({ ports: [port(80)] })).toEqual([['web-80', first, '0.0.0.0', 'http']]);
  });

  it('that are taken are an error that names another', async () => {
    await occupy(first + 100, '0.0.0.0');
    const failure = chooseFor({ ports: [port(80, `${first + 100}`)] });
    await expect(failure).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      hint: expect.stringContaining(`${first + 101}`),
    });
    // Unless this workspace itself has it open.
    expect(await chooseFor({ ports: [port(80, `${first + 100}`)] }, { held: { other: first + 100 } })).toHaveLength(1);
  });

  it('are one thing for TCP and another for UDP, and none for SCTP', async () => {
    const at = (protocol: 'tcp' | 'udp' | 'sctp') => ({ ...port(53, `${first + 93}`), protocol });
    const socket = createSocket('udp4').bind(first + 93, '127.0.0.1');
    onTestFinished(() => void socket.close());
    await once(socket, 'listening');
    expect(await chooseFor({ ports: [at('tcp'), at('sctp')] })).toEqual([['web-53', first + 93, '0.0.0.0', 'tcp']]);
    const failure = chooseFor({ ports: [at('udp')] });
    await expect(failure).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringMatching(new RegExp(`${first + 93}/udp .* process ${process.pid} `)),
    });
    expect(await chooseFor({ ports: [at('udp')] }, { held: { 'web-53-udp': first + 93 } })).toHaveLength(1);
  });

  it('of several containers go to the first', async () => {
    expect(await chooseFor({ ports: [port(80, `${first + 105}`)], replicas: 3 })).toEqual([
      ['web-80', first + 105, '0.0.0.0', 'http'],
    ]);
  });
});
