import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { readFetchAddress } from './fetch-address.ts';
import { fetchText } from './fetch-text.ts';

const options = { signal: new AbortController().signal, allowsPrivate: false };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

describe('addresses of devfiles', () => {
  it.each([
    'http://example.com/devfile.yaml',
    'file:///etc/passwd',
    'ftp://example.com/x',
    'https://user:secret@example.com/x',
    'http://127.0.0.1.example.com/x',
    'http://localhost@example.com/x',
    'http://[::2]/x',
    'no address',
  ])('refuses %s', (address) => {
    expect(() => readFetchAddress(address)).toThrowError(expect.objectContaining({ code: 'URL_REFUSED' }));
  });

  it('shows no credentials and no query of what it refuses', () => {
    const read = () => readFetchAddress('http://me:hidden@example.com/x?token=hidden');
    expect(read).not.toThrowError(/hidden/);
    expect(read).toThrowError(/example\.com/);
  });

  it.each(['https://example.com/devfile.yaml', 'http://localhost:8080/x', 'http://127.0.0.1/x', 'http://[::1]/x'])(
    'takes %s',
    (address) => {
      expect(readFetchAddress(address).href).toBe(address);
    },
  );
});

describe('fetchText', () => {
  it('gives the text, also after redirects on the same machine', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
      else response.end('schemaVersion: 2.2.0\n');
    });
    expect(await fetchText(`${base}/a`, options)).toEqual({ text: 'schemaVersion: 2.2.0\n', location: `${base}/b` });
  });

  it.each([
    ['https://10.0.0.1/x'],
    ['https://169.254.169.254/latest/meta-data'],
    ['https://167772161/x'],
    ['https://0xa.1/x'],
    ['https://[::ffff:127.0.0.1]/x'],
    ['http://192.168.0.1/x'],
    ['file:///etc/passwd'],
  ])('refuses a redirect to %s', async (location) => {
    const base = await serve((_request, response) => response.writeHead(307, { location }).end());
    await expect(fetchText(base, options)).rejects.toThrowError(expect.objectContaining({ code: 'URL_REFUSED' }));
  });

  it.each(['https://10.0.0.1/x', 'https://167772161/x', 'https://0xa.1/x', 'https://[::ffff:7f00:1]/x'])(
    'refuses %s without asking it',
    async (address) => {
      await expect(fetchText(address, options)).rejects.toThrowError(expect.objectContaining({ code: 'URL_REFUSED' }));
    },
  );

  it.each([[['10.0.0.7']], [['93.184.216.34', '127.0.0.1']], [['::1']], [[]]])(
    'refuses a name that stands for %j, without asking it',
    async (found: readonly string[]) => {
      const resolve = async () => found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      await expect(fetchText('https://devfiles.example/x', { ...options, resolve })).rejects.toThrowError(
        expect.objectContaining({ code: 'URL_REFUSED' }),
      );
    },
  );

  it('asks a private address only where that is allowed', async () => {
    const resolve = async () => [{ address: '10.255.255.1', family: 4 }];
    const allowed = { ...options, resolve, allowsPrivate: true, timeoutMs: 100 };
    await expect(fetchText('https://devfiles.example/x', allowed)).rejects.toThrowError(
      expect.objectContaining({ code: 'UNREADABLE_INPUT' }),
    );
  });

  it('gives up after some redirects', async () => {
    let count = 0;
    const base = await serve((_request, response) => {
      count += 1;
      response.writeHead(302, { location: `/${count}` }).end();
    });
    await expect(fetchText(base, options)).rejects.toThrowError(/redirected more than 5/);
    expect(count).toBe(6);
  });

  it('reads no more than its limit, whatever length was said', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/said') response.writeHead(200, { 'content-length': '1000000' });
      const write = (): void => {
        while (response.write('x'.repeat(1000)) && !response.destroyed);
      };
      response.on('drain', write);
      write();
    });
    for (const path of ['/said', '/unsaid'])
      await expect(fetchText(`${base}${path}`, { ...options, maxBytes: 2048 })).rejects.toThrowError(
        /larger than 2 KiB/,
      );
  });

  it('ends in time when the server sends a little now and then', async () => {
    const base = await serve((_request, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(timer));
    });
    await expect(fetchText(base, { ...options, timeoutMs: 150 })).rejects.toThrowError(/longer than 0.15 s/);
  });

  it('takes no half of a text whose end is that of its connection', async () => {
    const base = await serve((_request, response) => {
      response.socket?.write('HTTP/1.0 200 OK\r\n\r\nschemaVersion: 2.2.0\n');
    });
    await expect(fetchText(base, { ...options, timeoutMs: 150 })).rejects.toThrowError(/longer than 0.15 s/);
  });

  it('takes only text', async () => {
    const base = await serve((_request, response) => response.end(Buffer.from([0xff, 0xfe, 0x00])));
    await expect(fetchText(base, options)).rejects.toThrowError(/UTF-8/);
  });

  it('says what the server answered', async () => {
    const base = await serve((_request, response) => response.writeHead(404).end());
    await expect(fetchText(base, options)).rejects.toThrowError(/answered 404/);
  });
});
