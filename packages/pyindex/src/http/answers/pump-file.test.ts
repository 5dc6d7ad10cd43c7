import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeTestServer, type UploadForm } from '../test-server.fixture.ts';
import { readPart } from './pump-file.ts';

const content = randomBytes(1_300_000);
const form: UploadForm = {
  fields: [
    [':action', 'file_upload'],
    ['name', 'large'],
    ['version', '1.0'],
    ['metadata_version', '2.1'],
  ],
  // Another packing, which is not looked into.
  content: ['large-1.0.tar.bz2', content],
};

test('a large file is sent whole, in parts, to many at once, and again after somebody has gone', async () => {
  const server = await makeTestServer();
  await server.call('PUT', '/root/dev', { as: 'root', body: {} });
  expect((await server.upload('root/dev', form, { as: 'root' })).statusCode).toBe(200);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const address = await server.app.listen({ host: '127.0.0.1', port: 0 });
  const url = `${address}/root/dev/+f/${sha256.slice(0, 3)}/${sha256.slice(3, 16)}/large-1.0.tar.bz2`;
  const download = async (range?: string) => {
    const response = await fetch(url, range === undefined ? {} : { headers: { range } });
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()), headers: response.headers };
  };
  const leaver = new AbortController();
  const left = fetch(url, { signal: leaver.signal }).then((response) => {
    leaver.abort();
    return response.status;
  });
  // More than there are large pieces for.
  const all = await Promise.all(Array.from({ length: 20 }, () => download()));
  expect(all.every(({ status, body }) => status === 200 && body.equals(content))).toBe(true);
  expect(await left).toBe(200);
  expect(all[0]?.headers.get('x-devpi-api-version')).toBe('2');
  const part = await download('bytes=1000-1199999');
  expect([part.status, part.body.equals(content.subarray(1000, 1_200_000))]).toEqual([206, true]);
  const head = await fetch(url, { method: 'HEAD' });
  expect(head.headers.get('content-length')).toBe('1300000');
  expect((await download()).body.equals(content)).toBe(true);
});

test('a short file is sent whole and in parts, and one that is shorter than it was is an error', async () => {
  const server = await makeTestServer();
  await server.call('PUT', '/root/dev', { as: 'root', body: {} });
  const short = content.subarray(0, 5000);
  await server.upload('root/dev', { ...form, content: ['large-1.0.tar.bz2', short] }, { as: 'root' });
  const sha256 = createHash('sha256').update(short).digest('hex');
  const url = `/root/dev/+f/${sha256.slice(0, 3)}/${sha256.slice(3, 16)}/large-1.0.tar.bz2`;
  const whole = await server.app.inject({ url });
  expect([whole.statusCode, whole.headers['content-length'], whole.rawPayload.equals(short)]).toEqual([
    200,
    '5000',
    true,
  ]);
  const part = await server.app.inject({ url, headers: { range: 'bytes=-10' } });
  expect([part.statusCode, part.rawPayload.equals(short.subarray(-10))]).toEqual([206, true]);
  const path = server.store.files.pathOf(sha256) ?? '';
  await expect(readPart(path, 4000, 1001)).rejects.toThrow('shorter');
});
