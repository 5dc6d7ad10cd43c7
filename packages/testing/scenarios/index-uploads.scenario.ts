import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTar } from '../src/make-tar.ts';
import { IndexClient, sha256, type UploadChange } from '../src/python/index-client.ts';
import { IndexServer } from '../src/python/index-server.ts';
import { type Distribution, makeSdist, makeWheel } from '../src/python/make-distribution.ts';
import { makeZip, type ZipItem } from '../src/python/make-zip.ts';
import { waitUntil } from '../src/wait-until.ts';

describe('an upload that is wrong must be refused with its reason and leave nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'devstead-index-'));
  const wheel = makeWheel({ name: 'fine', version: '1.0' });
  let index: IndexServer;
  let client: IndexClient;

  beforeAll(async () => {
    index = await IndexServer.start({ folder });
    client = new IndexClient(index.address);
    await client.must('PUT', '/root/dev', {});
    await client.must('PUT', '/root/kept', { volatile: false });
    await client.must('PUT', '/bob', { password: 'bob-password' });
  });
  afterAll(async () => {
    await index?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const broken = (items: readonly ZipItem[]): Buffer => makeZip(items);
  const asWheel = (content: Buffer, name = 'fine'): Distribution => ({
    ...wheel,
    name,
    content,
    sha256: sha256(content),
  });
  const metadata = (text: string): Buffer => broken([{ path: 'fine-1.0.dist-info/METADATA', content: text }]);
  const good = 'Metadata-Version: 2.1\nName: fine\nVersion: 1.0\n';
  const sdist = (path: string): Buffer => gzipSync(makeTar([{ path, content: good }]));

  const rows: [what: string, status: number, file: Distribution, change?: UploadChange][] = [
    ['nobody', 401, wheel, { login: '' }],
    ['a wrong password', 401, wheel, { login: 'root:wrong' }],
    ['somebody who may not', 403, wheel, { login: 'bob:bob-password' }],
    ['no file', 400, wheel, { content: undefined }],
    ['an unknown action', 400, wheel, { fields: { ':action': 'zap' } }],
    ['a wrong sha256', 400, wheel, { fields: { sha256_digest: '0'.repeat(64) } }],
    ['a sha256 that is none', 400, wheel, { fields: { sha256_digest: 'zz' } }],
    ['a wrong md5', 400, wheel, { fields: { md5_digest: '0'.repeat(32) } }],
    ['another name', 400, wheel, { fields: { name: 'other' } }],
    ['another version', 400, wheel, { fields: { version: '2.0' } }],
    ['no name', 400, wheel, { fields: { name: '' } }],
    ['no version', 400, wheel, { fields: { version: '' } }],
    ['a version that is none', 400, wheel, { fields: { version: 'one' }, filename: 'fine-one-py3-none-any.whl' }],
    ['an extension of nothing', 400, wheel, { filename: 'fine-1.0.exe2' }],
    ['a path', 400, wheel, { filename: '../fine-1.0-py3-none-any.whl' }],
    ['a path with a backslash', 400, wheel, { filename: '..\\fine-1.0-py3-none-any.whl' }],
    ['a NUL', 400, wheel, { filename: 'fine-1.0-py3-none-any.whl\u0000.tar.gz' }],
    ['a look-alike', 400, wheel, { filename: 'f\u0456ne-1.0-py3-none-any.whl' }],
    ['a name with a look-alike', 400, wheel, { fields: { name: 'f\u0456ne' } }],
    ['a very long name', 400, wheel, { filename: `fine-1.0-py3-none-${'a'.repeat(300)}.whl` }],
    ['a wheel that is no archive', 400, asWheel(Buffer.from('not a zip file'))],
    ['a wheel that is cut off', 400, asWheel(wheel.content.subarray(0, wheel.content.length - 30))],
    ['an empty file', 400, asWheel(Buffer.alloc(0))],
    ['a wheel without metadata', 400, asWheel(broken([{ path: 'fine/__init__.py', content: '' }]))],
    ['a wheel of another name inside', 400, asWheel(metadata(good.replace('Name: fine', 'Name: other')))],
    ['a wheel of another version inside', 400, asWheel(metadata(good.replace('1.0', '6.6').replace('2.1\n', '2.1\n')))],
    [
      'two metadata files',
      400,
      asWheel(
        broken([
          { path: 'fine-1.0.dist-info/METADATA', content: good },
          { path: 'fine-1.0.dist-info/METADATA', content: good },
        ]),
      ),
    ],
    [
      'a path that leaves the wheel',
      400,
      asWheel(
        broken([
          { path: '../../etc/cron.d/x', content: '' },
          { path: 'fine-1.0.dist-info/METADATA', content: good },
        ]),
      ),
    ],
    [
      'metadata that unpacks to very much',
      400,
      asWheel(
        broken([{ path: 'fine-1.0.dist-info/METADATA', content: good + 'x'.repeat(64 << 20), isDeflated: true }]),
      ),
    ],
    [
      'metadata that lies about its size',
      400,
      asWheel(
        broken([
          {
            path: 'fine-1.0.dist-info/METADATA',
            content: good + 'x'.repeat(64 << 20),
            isDeflated: true,
            claimedSize: 50,
          },
        ]),
      ),
    ],
    [
      'an sdist that is no archive',
      400,
      asWheel(Buffer.from('nothing')),
      { filename: 'fine-1.0.tar.gz', fields: { filetype: 'sdist' } },
    ],
    [
      'an sdist that leaves its folder',
      400,
      asWheel(sdist('../fine-1.0/PKG-INFO')),
      { filename: 'fine-1.0.tar.gz', fields: { filetype: 'sdist' } },
    ],
    [
      'an sdist that unpacks to very much',
      400,
      asWheel(gzipSync(makeTar([{ path: 'fine-1.0/PKG-INFO', content: Buffer.alloc(200 << 20) }]))),
      { filename: 'fine-1.0.tar.gz', fields: { filetype: 'sdist' } },
    ],
  ];

  it.each(rows)('%s', async (_what, status, file, change) => {
    const answer = await client.upload('root/dev', file, change);
    const files = await client.filenames('root/dev', 'fine');
    const { result } = await client.must('GET', '/root/dev');
    // What was taken by mistake is in nobody's way.
    await client.send('DELETE', '/root/dev/fine');
    expect([answer.status, answer.text === '' && answer.statusText === '', files]).toEqual([status, false, []]);
    expect(result).toMatchObject({ projects: [] });
  });

  it('more than the limit is 413 and says the limit, at once', async () => {
    const big = await listenSmall(folder);
    try {
      const limited = new IndexClient(big.address);
      await limited.must('PUT', '/root/dev', {});
      const answer = await limited.upload(
        'root/dev',
        makeWheel({ name: 'fine', version: '1.0', paddingBytes: 3_000_000 }),
      );
      expect([answer.status, answer.text + answer.statusText]).toEqual([413, expect.stringMatching(/\b2000000\b/)]);
      expect((await limited.upload('root/dev', wheel)).status).toBe(200);
    } finally {
      await big.stop();
    }
  });

  it('a body that is cut off, never ends or is no form keeps nothing and disturbs nobody', async () => {
    const head = (length: number): string =>
      `POST /root/dev/ HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${Buffer.from('root:root-password').toString('base64')}\r\n` +
      `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${length}\r\n\r\n`;
    const part = '--b\r\nContent-Disposition: form-data; name="content"; filename="fine-1.0-py3-none-any.whl"\r\n\r\n';
    for (let at = 0; at < 20; at += 1) {
      const socket = connect(index.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(`${head(1_000_000)}${part}${'x'.repeat(at * 1000)}`);
      if (at % 2 === 0) setTimeout(() => socket.destroy(), 50);
      else setTimeout(() => socket.resetAndDestroy(), 50);
    }
    const plain = await client.send('POST', '/root/dev/', {
      body: {},
      headers: { 'content-type': 'multipart/form-data' },
    });
    expect(plain.status).toBe(400);
    const other = await client.send('POST', '/root/dev/', { body: {}, headers: { 'content-type': 'image/png' } });
    expect(other.status).toBeGreaterThanOrEqual(400);
    expect(other.status).toBeLessThan(500);
    await waitUntil('unfinished uploads are removed', () => listPartial(folder).length === 0).catch(() => undefined);
    expect(listPartial(folder)).toEqual([]);
    expect(await client.filenames('root/dev', 'fine')).toEqual([]);
  });

  it('the same file again is taken as it is, another one only where the index is volatile', async () => {
    const other = makeWheel({ name: 'fine', version: '1.0', summary: 'Another one' });
    expect((await client.upload('root/kept', wheel)).status).toBe(200);
    expect(await client.upload('root/kept', wheel)).toMatchObject({
      status: 200,
      statusText: 'Upload of identical file to non volatile index.',
    });
    expect((await client.upload('root/kept', other)).status).toBe(409);
    expect((await client.download(await client.locate('root/kept', 'fine', wheel.filename))).sha256).toBe(wheel.sha256);
    expect((await client.upload('root/dev', wheel)).status).toBe(200);
    expect((await client.upload('root/dev', other)).status).toBe(200);
    expect((await client.download(await client.locate('root/dev', 'fine', wheel.filename))).sha256).toBe(other.sha256);
  });

  it('hostile paths give an answer of the client’s fault and nothing of the machine', async () => {
    const paths = [
      '/root/dev/+f/../../../../etc/passwd',
      '/root/dev/+f/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
      '/root/dev/+f/abc/def/..%2f..%2fetc%2fpasswd',
      '/root/dev/+f/abc/def%00/x.whl',
      '/root/dev/+simple/%00/',
      '/root/dev/+simple/..%2f..%2f/',
      `/root/dev/+simple/${'a'.repeat(5000)}/`,
      '/root/dev/+simple/%ff%fe/',
      '/root/dev/+doc/../../x',
      '/%2e%2e/%2e%2e/',
      '/root/%2B%2B',
      '//evil.example/',
    ];
    for (const path of paths) {
      const status = await askRaw(index.port, path);
      expect([path, status, status >= 300 && status < 500]).toEqual([path, status, true]);
    }
    for (const name of ['al ice', 'a/b', '..', 'a+b', '', 'x'.repeat(500), 'a\u0000b', '<b>']) {
      const { status } = await client.send('PUT', `/${encodeURIComponent(name)}`, {
        body: { password: 'long-enough' },
      });
      expect([name, status >= 400 && status < 500]).toEqual([name, true]);
    }
    expect((await client.upload('root/dev', makeSdist({ name: 'after', version: '1.0' }))).status).toBe(200);
  });
});

/** One that takes two megabytes. */
function listenSmall(folder: string): Promise<IndexServer> {
  return IndexServer.start({ folder: mkdtempSync(join(folder, 'small-')), args: ['--max-upload', '2M'] });
}

/** Files that are being written. */
function listPartial(folder: string): string[] {
  return readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' }).filter(
    (path) => /(^|\/)(tmp|incoming|partial)\//.test(path) && statSync(join(folder, 'data', path)).isFile(),
  );
}

/** The status of a request whose path is sent as it is. */
function askRaw(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    let said = '';
    socket.setTimeout(10_000, () => socket.destroy(new Error(`${path} was not answered`)));
    socket.on('data', (data) => {
      said += data.toString();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(Number(said.split(' ')[1])));
  });
}
