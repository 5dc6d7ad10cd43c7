import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { prepareServer, type RunningServer } from '../start-server.ts';

const open: (RunningServer & { folder: string })[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) {
    await server.stop();
    rmSync(server.folder, { recursive: true });
  }
});

test('a file that was uploaded with a token is on the simple page and can be downloaded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pyindex-'));
  const server = await prepareServer({ folder, rootPassword: 'secret', version: '0', logLevel: 'silent' });
  open.push({ ...server, folder });
  const { app } = server;
  const login = await app.inject({
    method: 'POST',
    url: '/+login',
    payload: JSON.stringify({ user: 'root', password: 'secret' }),
  });
  expect(login.statusCode).toBe(200);
  const token = login.json<{ result: { password: string } }>().result.password;
  const headers = { 'x-devpi-auth': Buffer.from(`root:${token}`).toString('base64') };
  const created = await app.inject({ method: 'PUT', url: '/root/stable', headers, payload: '{"bases":"root/pypi"}' });
  expect(created.statusCode).toBe(200);
  const boundary = 'XX';
  const part = (name: string, value: string, extra = ''): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${extra}\r\n\r\n${value}\r\n`;
  const payload = `${part(':action', 'file_upload')}${part('name', 'my.pkg')}${part('version', '1.0')}${part('content', 'hello', '; filename="my_pkg-1.0.tar.gz"')}--${boundary}--\r\n`;
  const uploaded = await app.inject({
    method: 'POST',
    url: '/root/stable/',
    headers: { ...headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload,
  });
  expect(uploaded.statusCode).toBe(200);
  const page = await app.inject({
    url: '/root/stable/+simple/my-pkg/',
    headers: { accept: 'application/vnd.pypi.simple.v1+json' },
  });
  const [file] = page.json<{ files: { url: string; size: number }[] }>().files;
  expect(file?.size).toBe(5);
  const address = new URL(file?.url ?? '', 'http://x/root/stable/+simple/my-pkg/').pathname;
  const content = await app.inject({ url: address });
  expect(content.body).toBe('hello');
});
