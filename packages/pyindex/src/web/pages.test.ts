import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@devstead/kit';
import { type FastifyInstance, fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authenticator } from '../access/authenticator.ts';
import { HttpFailure } from '../http/http-failure.ts';
import type { IndexServer } from '../http/index-server.ts';
import { makeConfig } from '../indexes/change-config.ts';
import { storeIndex } from '../indexes/store-index.ts';
import type { PackageSource, ProjectPage, ReleaseFile } from '../source.ts';
import { SourceFailure } from '../source-failure.ts';
import { IndexStore } from '../store/index-store.ts';
import { createUser } from '../users/create-user.ts';
import { findActive } from './find-active.fixture.ts';
import { makePages } from './pages.ts';

const hostile = '"><script>alert(1)</script>\'';
const sha256 = 'a'.repeat(64);

const makeFile = (filename: string, change: Partial<ReleaseFile> = {}): ReleaseFile => ({
  filename,
  origin: { index: 'root/stable', kind: 'stage' },
  hashes: { sha256 },
  ...change,
});

const app: ProjectPage = {
  name: 'app',
  files: [
    makeFile('app-1.0.tar.gz', {
      sizeBytes: 1234,
      uploadTime: '2026-11-20T10:00:00Z',
      requiresPython: `>=3.8${hostile}`,
    }),
    makeFile('app-1.1-py3-none-any.whl', { yanked: hostile }),
    makeFile('app-2.0rc1.tar.gz'),
  ],
  withheld: [{ file: makeFile(`app-3.0.tar.gz`), rule: 'guard.min-age', reason: `too young ${hostile}` }],
  notes: [`a note ${hostile}`],
  status: { status: 'deprecated', reason: hostile },
};

const mirrored: Readonly<Record<string, ProjectPage>> = {
  slow: { name: 'slow', files: [makeFile('slow-1.0-py3-none-any.whl', { coreMetadata: {} })] },
  many: {
    name: 'many',
    files: [],
    withheld: Array.from({ length: 12 }, (_, at) => ({
      file: makeFile(`many-${at}.tar.gz`),
      rule: 'guard.block',
      reason: 'it leaks',
    })),
  },
};

const sources: Readonly<Record<string, PackageSource>> = {
  'root/stable': {
    listProjects: () => Promise.resolve({ names: ['app'] }),
    readProject: (name) => Promise.resolve(name === 'app' ? app : undefined),
    openFile: () => Promise.resolve(undefined),
  },
  'root/pypi': {
    listProjects: (): Promise<never> =>
      Promise.reject(new SourceFailure('upstream-unreachable', `upstream does not answer ${hostile}`)),
    readProject: (name) => Promise.resolve(mirrored[name]),
    openFile: () => new Promise(() => undefined),
  },
};

describe('the pages for people', () => {
  let folder = '';
  let store: IndexStore;
  let web: FastifyInstance;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'devstead-web-'));
    store = await IndexStore.open({ folder, clock: systemClock });
    await createUser(store, 'root', 'secret', {});
    await store.change(async (context) => {
      const stage = makeConfig('root', new Map(), { path: '', indexes: new Map() });
      await storeIndex(context, 'root', 'pypi', { type: 'mirror', volatile: false });
      await storeIndex(context, 'root', 'stable', { ...stage, bases: ['root/pypi'], title: hostile } as typeof stage);
      await storeIndex(context, 'root', 'secret', { ...stage, acl_read: ['root'] });
      const { transaction } = context;
      const project = { index: 'root/stable', name: 'app', display_name: 'App', uploaders_json: '', status_json: '' };
      await transaction.insertInto('projects').values(project).execute();
      const metadata = {
        summary: hostile,
        description: `# Title\n${hostile}\n\n[evil](javascript:alert(1)) [good](https://example.com/) ![pixel](https://spy.example.com/x.png)`,
        description_content_type: 'text/markdown; charset=UTF-8',
        project_urls: ['Source, https://example.com/source', 'Evil, javascript:alert(1)'],
      };
      const release = { index: 'root/stable', project: 'app', version: '1.0', metadata_json: JSON.stringify(metadata) };
      await transaction.insertInto('releases').values(release).execute();
    });
    const server = {
      store,
      authenticator: new Authenticator(store),
      findSource: (path: string) => sources[path],
      settings: { host: '127.0.0.1', port: 3141, trustedProxies: [], patienceMs: 20 },
    } as unknown as IndexServer;
    web = fastify();
    web.setErrorHandler((error, _request, reply) =>
      reply.code(error instanceof HttpFailure ? error.status : 500).send(),
    );
    const pages = makePages(server);
    web.get('/', pages.home);
    web.get('/:user', pages.user);
    web.get('/:user/:index', pages.index);
    web.get('/:user/:index/:project', pages.project);
    web.get('/:user/:index/:project/:version', pages.version);
  });
  afterAll(async () => {
    await web.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const get = async (
    url: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ status: number; text: string }> => {
    const { statusCode, body } = await web.inject({ url, headers });
    return { status: statusCode, text: body };
  };

  it('are shown without what upstream does not tell in time', async () => {
    expect(await get('/root/pypi/slow')).toEqual({
      status: 200,
      text: expect.stringContaining('slow-1.0-py3-none-any.whl'),
    });
  });

  it.each([
    '/',
    '/?q=app',
    `/?q=${encodeURIComponent(hostile)}`,
    '/root',
    '/root/stable',
    '/root/pypi',
    '/root/stable/app',
    '/root/stable/app/1.0',
  ])('are inert and load nothing, whatever is shown: %s', async (url) => {
    const { headers, body, statusCode } = await web.inject({ url });
    expect(statusCode).toBe(200);
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/,
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(findActive(body)).toEqual([]);
  });

  it('show only indexes that one may read', async () => {
    expect((await get('/')).text).not.toContain('root/secret');
    const authorization = `Basic ${Buffer.from('root:secret').toString('base64')}`;
    expect((await get('/', { authorization })).text).toContain('root/secret');
    expect((await get('/root/secret')).status).toBe(401);
  });

  it('show a release with its files, README and links', async () => {
    const { text } = await get('/root/stable/app');
    expect(text).toContain('<title>app 1.0</title>');
    expect(text).toContain(`/root/stable/+f/aaa/${'a'.repeat(13)}/app-1.0.tar.gz`);
    expect(text).toContain(`sha256 ${sha256}`);
    expect(text).toContain('1.2 kB');
    expect(text).toContain('<h3>Title</h3>');
    expect(text).toContain('href="https://example.com/source"');
    expect(text).toMatch(/<a href="\/root\/stable\/app\/1\.0" aria-current="page">1\.0<\/a>/);
  });

  it('say what is held back, and by which rule', async () => {
    const { text } = await get('/root/stable/app');
    expect(text).toContain('app-3.0.tar.gz: too young');
    expect(text).toContain('<code>guard.min-age</code>');
  });

  it('tell of many files that one rule holds back in one line', async () => {
    const { text } = await get('/root/pypi/many');
    expect(text).toContain('<li>12 files of many: it leaks <code>guard.block</code><details>');
    expect(text).toContain('many-0.tar.gz');
  });

  it('say why a list is not there', async () => {
    expect((await get('/root/pypi')).text).toContain('upstream does not answer');
  });

  it('lead to a name as it is normalised, and say when there is nothing', async () => {
    expect((await web.inject({ url: '/root/stable/App' })).headers.location).toBe('/root/stable/app');
    expect((await get('/root/stable/other')).status).toBe(404);
    expect((await get('/root/stable/app/9.9')).status).toBe(404);
    expect((await get('/nobody')).status).toBe(404);
  });

  it('have their links below the address that a proxy has them at', async () => {
    const { text } = await get('/root/stable', { 'x-outside-url': 'https://example.com/pp' });
    expect(text).toContain('href="/pp/root/pypi"');
    expect(text).toContain('https://example.com/pp/root/stable/+simple/');
    expect((await get('/', { 'x-outside-url': 'https://%%' })).status).toBe(200);
  });
});
