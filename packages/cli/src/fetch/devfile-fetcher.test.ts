import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FakeIo } from '@devstead/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../settings.ts';
import { createDevfileFetcher, type FetcherOptions } from './devfile-fetcher.ts';

const text = 'schemaVersion: 2.2.2\n';
let root: string;
const servers: Server[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'devstead-fetch-')));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
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

function makeFetcher(options: FetcherOptions & { env?: Record<string, string> } = {}) {
  const env = { HOME: join(root, 'home'), DEVSTEAD_HOME: join(root, 'state'), ...options.env };
  const io = new FakeIo({ cwd: root, env });
  return createDevfileFetcher(io, readSettings(io), options);
}

const base = 'file:///repo/devfile.yaml';

describe('the plugins that Devstead brings', () => {
  it('are found without asking anybody', async () => {
    const fetcher = makeFetcher({ isOffline: true });
    const [registry = ''] = fetcher.pluginRegistries;
    const found = await fetcher.fetch(`${registry}/v3/plugins/devstead/web/latest/meta.yaml`, base);
    expect(found).toMatchObject({ status: 'fetched', text: expect.stringContaining('type: Che Editor') });
    const other = await fetcher.fetch(`${registry}/v3/plugins/acme/tools/1.0.0/meta.yaml`, base);
    expect(other.status).toBe('absent');
  });
});

describe('texts from the web', () => {
  it('are kept, and used without a server and with --offline', async () => {
    const address = `${await serve((_request, response) => response.end(text))}/parent.yaml`;
    const fresh = await makeFetcher().fetch(address, base);
    expect(fresh).toEqual({ status: 'fetched', text, location: address, file: address });
    servers.splice(0).forEach((server) => server.close());
    const later = await makeFetcher().fetch(address, base);
    expect(later).toMatchObject({
      status: 'fetched',
      text,
      staleness: expect.stringContaining('2025-01-01 00:00 UTC'),
    });
    expect(await makeFetcher({ isOffline: true }).fetch(address, base)).toMatchObject({ status: 'fetched', text });
    const folder = join(root, 'home/.cache/devstead/devfiles');
    expect(readdirSync(folder)).toHaveLength(1);
    expect(statSync(folder).mode & 0o77).toBe(0);
    expect(statSync(join(folder, readdirSync(folder)[0] ?? '')).mode & 0o77).toBe(0);
  });

  it('are asked for anew each time, and sent again only when they changed', async () => {
    const seen: (string | undefined)[] = [];
    let version = 1;
    const address = await serve((request, response) => {
      seen.push(request.headers['if-none-match']);
      const etag = `"${version}"`;
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.writeHead(200, { etag }).end(`${text}# ${version}\n`);
    });
    const read = async () => makeFetcher().fetch(address, base);
    const first = await read();
    expect(await read()).toEqual(first);
    version = 2;
    expect(await read()).toMatchObject({ status: 'fetched', text: `${text}# 2\n` });
    expect(seen).toEqual([undefined, '"1"', '"1"']);
  });

  it.each<[string, RequestListener, string]>([
    ['answers 500', (_request, response) => response.writeHead(500).end(), 'fetched'],
    ['breaks off', (_request, response) => response.writeHead(200, { 'content-length': '99' }).end('a'), 'fetched'],
    ['answers with a page', (_request, response) => response.end('<!doctype html><p>Log in'), 'fetched'],
    ['has it no more', (_request, response) => response.writeHead(404).end(), 'absent'],
    [
      'leads elsewhere',
      (_request, response) => response.writeHead(302, { location: 'https://10.0.0.1/' }).end(),
      'refused',
    ],
  ])('when the server later %s give an honest answer', async (_what, later, status) => {
    let isLater = false;
    const address = await serve((request, response) => {
      if (isLater) later(request, response);
      else response.end(text);
    });
    await makeFetcher().fetch(address, base);
    isLater = true;
    const answer = await makeFetcher().fetch(address, base);
    expect(answer.status).toBe(status);
    expect('staleness' in answer).toBe(status === 'fetched');
    isLater = false;
    expect(await makeFetcher().fetch(address, base)).not.toHaveProperty('staleness');
  });

  it('that were never fetched fail without a network', async () => {
    const answer = await makeFetcher({ isOffline: true }).fetch('https://devfiles.example/x.yaml', base);
    expect(answer.status).toBe('failed');
  });

  it('that name this machine are not asked', async () => {
    const address = await serve((_request, response) => response.end(text));
    const web = 'https://devfiles.example/devfile.yaml';
    expect(await makeFetcher().fetch(address, web)).toMatchObject({ status: 'refused' });
    expect(await makeFetcher().fetch(pathToFileURL('/etc/hostname').href, web)).toMatchObject({ status: 'refused' });
    const hosts = { DEVSTEAD_DEVFILES_HOSTS: new URL(address).host };
    expect(await makeFetcher({ env: hosts }).fetch(address, web)).toMatchObject({ status: 'fetched', text });
  });

  it('from a configured registry are asked for, wherever it is', async () => {
    const address = await serve((request, response) => {
      if (request.url === '/devfiles/go') response.end(text);
      else response.writeHead(404).end();
    });
    const fetcher = makeFetcher({ env: { DEVSTEAD_DEVFILES_REGISTRIES: address } });
    expect(fetcher.registries).toEqual([address]);
    expect(await fetcher.fetch(`${address}/devfiles/go`, 'https://a.example/')).toMatchObject({ status: 'fetched' });
    expect(await fetcher.fetch(`${address}/devfiles/java`, base)).toMatchObject({ status: 'absent' });
  });

  it('go through a proxy, which looks the names up', async () => {
    const asked: (string | undefined)[] = [];
    const proxy = await serve((request, response) => {
      asked.push(request.url);
      response.end(text);
    });
    const env = { http_proxy: proxy, DEVSTEAD_DEVFILES_HOSTS: 'devfiles.invalid' };
    const answer = await makeFetcher({ env }).fetch('http://devfiles.invalid/parent.yaml', base);
    expect(answer).toMatchObject({ status: 'fetched', text });
    expect(asked).toEqual(['http://devfiles.invalid/parent.yaml']);
  });

  it('behind a copy that was tampered with are fetched anew', async () => {
    const address = await serve((_request, response) => response.end(text));
    await makeFetcher().fetch(address, base);
    const folder = join(root, 'home/.cache/devstead/devfiles');
    const [file = ''] = readdirSync(folder);
    for (const content of ['', '{', '[]', '{"format":1}', '{"format":1,"address":1}', 'x'.repeat(1000)]) {
      writeFileSync(join(folder, file), content);
      expect(await makeFetcher().fetch(address, base)).toMatchObject({ status: 'fetched', text });
    }
  });
});

describe('files', () => {
  it('are found by their real path, below the folder by a short name', async () => {
    mkdirSync(join(root, 'a b'));
    writeFileSync(join(root, 'a b', 'p%41.yaml'), text);
    symlinkSync('a b/p%41.yaml', join(root, 'link.yaml'));
    const location = pathToFileURL(join(root, 'a b', 'p%41.yaml')).href;
    const answer = await makeFetcher().fetch(location, base);
    expect(answer).toEqual({ status: 'fetched', text, location, file: 'a b/p%41.yaml' });
    expect(await makeFetcher().fetch(pathToFileURL(join(root, 'link.yaml')).href, base)).toMatchObject({ location });
  });

  it('that are none are not read', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    for (const path of [root, join(root, 'pipe'), '/dev/zero']) {
      expect(await makeFetcher().fetch(pathToFileURL(path).href, base)).toMatchObject({ status: 'failed' });
    }
    expect(await makeFetcher().fetch(pathToFileURL(join(root, 'none')).href, base)).toMatchObject({ status: 'absent' });
  });

  it('are read up to what a devfile may have', async () => {
    writeFileSync(join(root, 'large'), 'x'.repeat(2_000_000));
    const answer = await makeFetcher().fetch(pathToFileURL(join(root, 'large')).href, base);
    expect(answer.status === 'fetched' && answer.text.length).toBe(512 * 1024 + 1);
  });
});

describe('what a fetched devfile names that nobody agreed to', () => {
  it('may be a file beside it, but no service of this machine', async () => {
    let asked = 0;
    const address = await serve((_request, response) => {
      asked++;
      response.end(text);
    });
    const devfile = pathToFileURL(join(root, 'devfile.yaml')).href;
    const parent = join(root, 'parent.yaml');
    writeFileSync(parent, text);
    const fetcher = makeFetcher({ fetchedInto: root });
    expect(await fetcher.fetch(`${address}/devfile.yaml`, devfile)).toMatchObject({ status: 'refused' });
    expect(asked).toBe(0);
    expect(await fetcher.fetch(pathToFileURL(parent).href, devfile)).toMatchObject({ status: 'fetched', text });
    expect(await makeFetcher().fetch(`${address}/devfile.yaml`, devfile)).toMatchObject({ status: 'fetched', text });
  });

  it('may be no file outside its repository, by its path or by a link', async () => {
    const outside = join(root, 'repo-secrets.yaml');
    writeFileSync(outside, text);
    const repository = join(root, 'repo');
    mkdirSync(repository);
    symlinkSync(outside, join(repository, 'link.yaml'));
    const devfile = pathToFileURL(join(repository, 'devfile.yaml')).href;
    const fetcher = makeFetcher({ fetchedInto: repository });
    for (const path of [outside, join(repository, 'link.yaml')]) {
      const { href } = pathToFileURL(path);
      expect(await fetcher.fetch(href, devfile)).toMatchObject({ status: 'refused' });
      expect(await makeFetcher().fetch(href, devfile)).toMatchObject({ status: 'fetched', text });
    }
  });
});
