import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeTemporaryFolder } from '../../state/temporary-folder.fixture.ts';
import { type EngineAddress, parseAddress } from './engine-address.ts';
import { openEngineClient } from './engine-client.ts';
import { answerAs } from './fake-engine.fixture.ts';
import { findEngine, meetEngine } from './find-engine.ts';

const place = { source: 'test', url: 'unix:///test' };

const engine = answerAs({ server: 'Docker/20.10.24 (linux)', apiVersion: '1.41', paths: { '/info': { Name: 'far' } } });

/** Also takes an upgrade, as an exec does, and says everything back. */
function withUpgrade(server: Server): Server {
  return server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
    socket.pipe(socket);
  });
}

async function listen(server: Server, ...place: readonly unknown[]): Promise<number> {
  await new Promise<void>((resolve) => server.listen(...(place as [number, string]), resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A certificate authority, and a key of the engine and of a client signed by it, as files. */
function makeKeys(): string {
  const folder = makeTemporaryFolder();
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...fresh, '-subj', '/CN=authority', '-keyout', 'ca-key.pem', '-out', 'ca.pem');
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1');
  for (const [name, key] of [
    ['server-cert.pem', 'server-key.pem'],
    ['cert.pem', 'key.pem'],
  ] as const) {
    openssl('req', ...fresh.slice(0, 5), '-subj', `/CN=${name}`, '-keyout', key, '-out', 'request');
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
    openssl('x509', '-req', '-in', 'request', '-out', name, ...signed);
  }
  return folder;
}

async function useWholly(address: EngineAddress): Promise<void> {
  const { client, apiVersion } = await meetEngine(address, place);
  onTestFinished(() => client.close());
  expect(apiVersion).toBe('1.41');
  expect(await client.call('GET', '/info')).toEqual({ Name: 'far' });
  const stream = await client.hijack('/exec/1/start', {});
  stream.end('said');
  expect((await buffer(stream)).toString()).toBe('said');
}

describe('an engine behind TLS', () => {
  const start = async (): Promise<{ readonly port: number; readonly keys: string }> => {
    const keys = makeKeys();
    const read = (name: string): Buffer => readFileSync(join(keys, name));
    const own = { key: read('server-key.pem'), cert: read('server-cert.pem'), ca: read('ca.pem') };
    const server = createServer({ ...own, requestCert: true, rejectUnauthorized: true }, engine);
    return { port: await listen(withUpgrade(server), 0, '127.0.0.1'), keys };
  };
  const machine = { platform: 'linux', home: '/nowhere', uid: 1000 } as const;

  it('is reached with the client’s certificate, by the variables of docker', async () => {
    const { port, keys } = await start();
    const variables = { DOCKER_HOST: `tcp://127.0.0.1:${port}`, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: keys };
    const found = (await findEngine({ ...machine, variables })).engine;
    expect(found?.client.address).toMatchObject({ port, tls: { ca: join(keys, 'ca.pem') } });
    found?.client.close();
    await useWholly(found?.client.address ?? { socketPath: '' });
  });

  it.each([
    ['without a certificate', { ca: 'ca.pem' }],
    ['of an authority that nobody knows', { cert: 'cert.pem', key: 'key.pem' }],
    ['by files that are not there', { ca: 'nothing.pem' }],
  ])('is not reached %s', async (_what, files) => {
    const { port, keys } = await start();
    const tls = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, join(keys, file)]));
    const address = { host: '127.0.0.1', port, tls };
    await expect(meetEngine(address, place)).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  });
});

describe('an engine at the far end of a program', () => {
  it('is reached as over a socket', async () => {
    const socket = join(makeTemporaryFolder(), 'engine.sock');
    await listen(withUpgrade(createHttpServer(engine)), socket);
    const program = `const s = require('net').connect(${JSON.stringify(socket)}); process.stdin.pipe(s).pipe(process.stdout)`;
    const dial = { argv: [process.execPath, '-e', program], env: {}, url: 'ssh://far' };
    await expect(useWholly({ dial })).resolves.toBeUndefined();
  });

  it('that ends is told by its last words', async () => {
    const argv = ['sh', '-c', 'echo "far: Permission denied (publickey)." >&2; exit 255'];
    const client = openEngineClient({ dial: { argv, env: {}, url: 'ssh://far' } });
    await expect(client.call('GET', '/_ping')).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: expect.stringContaining('Permission denied'),
    });
  });
});

describe('an address', () => {
  const variables = { HOME: '/home/user', SSH_AUTH_SOCK: '/agent', SECRET: 'no' };

  it('with ssh is the program of the user, who is not asked', () => {
    expect(parseAddress('ssh://me@far.example:2222', { variables })).toEqual({
      dial: {
        argv: [
          'ssh',
          '-o',
          'BatchMode=yes',
          '-o',
          'ConnectTimeout=15',
          '-T',
          '-p',
          '2222',
          '-l',
          'me',
          '--',
          'far.example',
        ].concat('docker', 'system', 'dial-stdio'),
        env: { HOME: '/home/user', SSH_AUTH_SOCK: '/agent' },
        url: 'ssh://me@far.example:2222',
      },
    });
  });

  it.each(['ssh://-oProxyCommand=x', 'ssh://-l@far', 'ssh://me:word@far', 'ssh://%2d-x@far', 'ftp://far', ''])(
    'is refused: %s',
    (url) => {
      expect(parseAddress(url, { variables })).toEqual(expect.any(String));
    },
  );

  it.each([
    ['tcp://10.0.0.7', { host: '10.0.0.7', port: 2375 }],
    ['tcp://[::1]:99', { host: '::1', port: 99 }],
    ['https://far.example', { host: 'far.example', port: 2376, tls: {} }],
  ])('%s has its usual port', (url, expected) => {
    expect(parseAddress(url, { variables })).toEqual(expected);
  });
});
