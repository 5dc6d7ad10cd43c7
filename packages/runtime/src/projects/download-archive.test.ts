import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import { checkArchiveAddress, shownArchiveAddress } from './archive-address.ts';
import { type DownloadOptions, downloadArchive } from './download-archive.ts';

function refusal(location: string): string | undefined {
  try {
    checkArchiveAddress(location);
    return undefined;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

describe('an address of an archive', () => {
  it.each([
    'https://files.example/a.zip',
    'https://files.example:8443/d?e=1&f=2',
    'https://me:secret@files.example/a.zip',
    'http://127.0.0.1:8080/a.zip',
    'http://localhost/a.zip',
    'http://[::1]:80/a.zip',
  ])('%s is taken', (location) => {
    expect(refusal(location)).toBeUndefined();
  });

  it.each([
    'http://files.example/a.zip',
    'http://127.0.0.1.evil.example/a.zip',
    'http://localhost.evil.example/a.zip',
    'http://127.1.evil/a.zip',
    'http://192.168.0.1/a.zip',
    'http://169.254.169.254/latest',
    'http://[::ffff:10.0.0.1]/a',
    'file:///etc/passwd',
    'ftp://files.example/a.zip',
    'data:application/zip,x',
    '/etc/passwd',
    'a.zip',
    '',
    'https://',
    'https://files.example/a b.zip',
    'https://files.example/a.zip\n',
    'https://files.example\\@evil.example/a',
    'https://files.example/\u0000',
    'https://files.example/\u001b[2J',
  ])('%j is refused', (location) => {
    expect(refusal(location)).toBe('URL_REFUSED');
  });

  it('shows neither credentials nor its query', () => {
    expect(shownArchiveAddress('https://me:secret@files.example/a.zip?token=secret#secret')).toBe(
      'https://files.example/a.zip',
    );
    for (const location of [
      'http://me:secret@files.example/a?secret',
      'me:secret@nowhere?secret',
      'secret@x y?secret',
    ]) {
      expect(() => checkArchiveAddress(location)).toThrow(/^(?!.*secret)/);
    }
  });
});

describe('downloading an archive', () => {
  let server: Server;
  let address = '';
  let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;

  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const download = (path: string, more: Partial<DownloadOptions> = {}): ReturnType<typeof downloadArchive> => {
    const file = join(makeTemporaryFolder(), 'archive.zip');
    const options = { file, proxyEnv: {}, signal: new AbortController().signal, onProgress: () => undefined };
    return downloadArchive(`${address}${path}`, { ...options, ...more });
  };
  const failure = async (
    path: string,
    more: Partial<DownloadOptions> = {},
  ): Promise<{ code: string; message: string }> => {
    try {
      await download(path, more);
    } catch (error) {
      return error as AppError;
    }
    throw new Error('it was downloaded');
  };

  it('gives its digest and size, over redirects', async () => {
    const content = Buffer.from('archive');
    answer = (request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/here' }).end();
      else response.end(content);
    };
    const file = join(makeTemporaryFolder(), 'x');
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(await download('/moved', { file })).toEqual({ sha256, sizeBytes: 7 });
    expect(readFileSync(file)).toEqual(content);
  });

  it('ends when it is too large, announced or not', async () => {
    answer = (_request, response) => void response.writeHead(200, { 'content-length': '1000' }).end(Buffer.alloc(1000));
    expect(await failure('/a', { maxBytes: 999 })).toMatchObject({ code: 'ARCHIVE_REFUSED' });
    answer = (_request, response) => {
      response.write(Buffer.alloc(600));
      response.end(Buffer.alloc(600));
    };
    expect(await failure('/a', { maxBytes: 999 })).toMatchObject({ code: 'ARCHIVE_REFUSED' });
    expect((await download('/a', { maxBytes: 1200 })).sizeBytes).toBe(1200);
  });

  it('ends when the server is silent, before its answer or in the middle, or takes too long', async () => {
    answer = () => undefined;
    expect(await failure('/a', { silenceMs: 100 })).toMatchObject({ code: 'PROJECT_FAILED' });
    answer = (_request, response) => void response.write('some');
    expect(await failure('/a', { silenceMs: 100 })).toMatchObject({ code: 'PROJECT_FAILED' });
    answer = (_request, response) => {
      const drip = setInterval(() => response.write('.'), 20);
      response.once('close', () => clearInterval(drip));
    };
    const slow = await failure('/a', { timeoutMs: 200 });
    expect(slow).toMatchObject({ code: 'PROJECT_FAILED' });
    expect(slow.message).toContain('longer than');
  });

  it('ends with the signal', async () => {
    answer = (_request, response) => void response.write('some');
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(new AppError('INTERRUPTED', 'ended')), 50);
    expect(await failure('/a', { signal: interruption.signal })).toMatchObject({ code: 'INTERRUPTED' });
  });

  it('fails when it is cut in the middle, and when there is none', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(Buffer.alloc(500), () => response.destroy());
    };
    expect(await failure('/a')).toMatchObject({ code: 'PROJECT_FAILED' });
    answer = (_request, response) => void response.writeHead(404).end('a page');
    expect((await failure('/a?token=secret')).message).toMatch(/^(?!.*secret).*404/);
  });

  it('is not redirected in a circle, to another scheme, or to a plain address elsewhere', async () => {
    answer = (_request, response) => void response.writeHead(302, { location: '/again' }).end();
    expect(await failure('/a')).toMatchObject({ code: 'PROJECT_FAILED' });
    for (const location of ['file:///etc/passwd', 'http://files.example/a', 'ftp://x/', 'http://169.254.169.254/']) {
      answer = (_request, response) => void response.writeHead(301, { location }).end();
      expect(await failure('/a')).toMatchObject({ code: 'URL_REFUSED' });
    }
  });

  it('does not write over a file', async () => {
    answer = (_request, response) => void response.end('new');
    const file = join(makeTemporaryFolder(), 'x');
    await download('/a', { file });
    await expect(download('/a', { file })).rejects.toMatchObject({ code: 'PROJECT_FAILED' });
    expect(readFileSync(file, 'utf8')).toBe('new');
  });
});
