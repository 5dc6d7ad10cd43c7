import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@devstead/kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTestServer, type TestServer, wheelForm } from '../http/test-server.fixture.ts';
import { makeWheel } from '../metadata/make-archives.fixture.ts';
import { startFakeUpstream } from '../sources/mirror/fake-upstream.fixture.ts';
import { recordDecisions } from '../sources/policy/guard-log.ts';
import { exportStore } from './export-store.ts';
import { IndexStore } from './index-store.ts';
import { writeMeta } from './open-database.ts';
import { findPostgres, startPostgres, type TestPostgres } from './postgres.fixture.ts';

const programs = findPostgres();
const accept = { accept: 'application/vnd.pypi.simple.v1+json' };

/** What an index does, over each database: the same answers. */
function describeStore(makeDatabase: () => Promise<string | undefined>): void {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const makeFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'pyindex-store-'));
    folders.push(folder);
    return folder;
  };
  const open = async (): Promise<{ server: TestServer; database: string | undefined; folder: string }> => {
    const database = await makeDatabase();
    const folder = makeFolder();
    const server = await makeTestServer(database === undefined ? {} : { database }, folder);
    await server.addUser('alice');
    await server.call('PUT', '/alice/dev', { as: 'alice', body: {} });
    await server.call('PUT', '/alice/prod', { as: 'alice', body: { volatile: false } });
    return { server, database, folder };
  };
  const listContents = (folder: string): string[] =>
    readdirSync(join(folder, 'files')).flatMap((entry) => readdirSync(join(folder, 'files', entry)));

  it('keeps what was uploaded over a restart: pages, tokens, serial', async () => {
    const { server, database, folder } = await open();
    const token = await server.login('alice', 'alice');
    await server.upload('alice/dev', wheelForm('a', '1.0'), { as: 'alice' });
    await server.upload('alice/dev', wheelForm('a', '1.10'), { as: 'alice' });
    const before = await server.call('GET', '/alice/dev/+simple/a/', { headers: accept });
    const { serial, uuid } = server.store;
    await server.stop();
    const settings = { rootPassword: 'ignored', ...(database === undefined ? {} : { database }) };
    const again = await makeTestServer(settings, folder);
    const headers = { 'x-devpi-auth': Buffer.from(`alice:${token}`).toString('base64') };
    expect((await again.call('GET', '/+api', { headers })).body).toContain('"alice"');
    expect((await again.call('GET', '/alice/dev/+simple/a/', { headers: accept })).body).toBe(before.body);
    expect([again.store.uuid, again.store.serial]).toEqual([uuid, serial]);
  });

  it('removes, pushes, yanks and searches', async () => {
    const { server, folder } = await open();
    await server.upload('alice/dev', wheelForm('my_pkg', '1.0', [['summary', 'Thing']]), { as: 'alice' });
    const body = { name: 'my-pkg', version: '1.0', targetindex: 'alice/prod' };
    expect((await server.call('POST', '/alice/dev', { as: 'alice', body })).statusCode).toBe(200);
    expect((await server.call('PUT', '/alice/prod/my-pkg/1.0/+yank', { as: 'alice', body: {} })).statusCode).toBe(200);
    expect((await server.call('GET', '/+search?query=thing')).json<{ result: unknown[] }>().result).toHaveLength(2);
    expect((await server.call('DELETE', '/alice/dev/my-pkg', { as: 'alice' })).statusCode).toBe(200);
    // The other index still refers to the same contents.
    expect(listContents(folder)).toHaveLength(2);
    expect((await server.call('DELETE', '/alice/prod/my-pkg?force=', { as: 'alice' })).statusCode).toBe(200);
    expect(listContents(folder)).toEqual([]);
  });

  it('changes all or nothing', async () => {
    const { server } = await open();
    const { serial } = server.store;
    const failing = server.store.change(async ({ transaction, touchDirectory }) => {
      await transaction.deleteFrom('users').execute();
      touchDirectory();
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect([server.store.serial, [...server.store.directory.users.keys()]]).toEqual([serial, ['alice', 'root']]);
    expect((await server.call('GET', '/alice')).statusCode).toBe(200);
  });

  it('removes what an earlier end left, and nothing else', async () => {
    const { server, database, folder } = await open();
    await server.upload('alice/dev', wheelForm('a', '1.0'), { as: 'alice' });
    await server.stop();
    const kept = listContents(folder);
    writeFileSync(join(folder, 'files', 'incoming', 'half'), 'x');
    writeFileSync(join(folder, 'files', kept[0]?.slice(0, 2) ?? '', 'f'.repeat(64)), 'y');
    const again = await makeTestServer({ rootPassword: '', ...(database === undefined ? {} : { database }) }, folder);
    expect(listContents(folder).sort()).toEqual(kept.sort());
    expect((await again.call('GET', '/alice/dev/a/1.0')).statusCode).toBe(200);
  });

  it('is exported to a folder that can be served', async () => {
    const { server } = await open();
    await server.upload('alice/dev', wheelForm('a', '1.0'), { as: 'alice' });
    const target = join(makeFolder(), 'copy');
    const result = await exportStore(server.store, { target, isWithoutMirrored: true });
    expect(result.files).toBe(2);
    const copy = await makeTestServer({ rootPassword: '' }, target);
    const [page, copied] = await Promise.all(
      [server, copy].map((each) => each.call('GET', '/alice/dev/+simple/a/', { headers: accept })),
    );
    expect(copied?.body).toBe(page?.body);
  });

  it('keeps pages, files and decisions of a mirror over a restart', async () => {
    const { server, database, folder } = await open();
    const upstream = await startFakeUpstream();
    try {
      for (const version of ['1.0', '2.0']) {
        const content = makeWheel('six', version);
        upstream.files.set(`six-${version}-py3-none-any.whl`, { content, uploadTime: '2020-01-01T00:00:00Z' });
      }
      await server.call('PATCH', '/root/pypi', {
        as: 'root',
        body: [`mirror_url=${upstream.url}`, 'guard_block=six==2.0: broken'],
      });
      const read = async (from: TestServer): Promise<readonly unknown[]> => {
        const page = await from.call('GET', '/root/pypi/+simple/six/', { headers: accept });
        const [file] = page.json<{ files: { url: string }[] }>().files;
        const { pathname } = new URL(file?.url ?? '', 'http://x/root/pypi/+simple/six/');
        const content = await from.call('GET', pathname, { headers: { accept: '*/*' } });
        const metadata = await from.call('GET', `${pathname}.metadata`, { headers: { accept: '*/*' } });
        const log = (await from.call('GET', '/root/pypi/+guard', { as: 'root' })).body;
        const decisions = /"rule": "guard\.block"/.test(log);
        return [page.body, content.statusCode, content.rawPayload.length, metadata.body, decisions];
      };
      const before = await read(server);
      await server.stop();
      await upstream.close();
      const again = await makeTestServer(database === undefined ? {} : { database }, folder);
      await again.login('root', 'root');
      expect(await read(again)).toEqual(before);
      const [page, ...rest] = before;
      expect(page).toContain('broken');
      expect(rest).toEqual([200, makeWheel('six', '1.0').length, expect.stringContaining('Name: six'), true]);
    } finally {
      await upstream.close();
    }
  });

  it('does not grow by names that anybody makes up', async () => {
    const { server } = await open();
    const upstream = await startFakeUpstream();
    try {
      await server.call('PATCH', '/root/pypi', { as: 'root', body: [`mirror_url=${upstream.url}`] });
      expect((await server.call('GET', '/root/pypi/+simple/made-up/', { headers: accept })).statusCode).toBe(404);
    } finally {
      await upstream.close();
    }
    const decision = { rule: 'guard.claim', reason: 'ours' } as const;
    const record = (outcome: 'hidden' | 'not-asked', batch: number) =>
      recordDecisions(
        server.store,
        'root/pypi',
        Array.from({ length: 200 }, (_, at) => ({ project: `a-${batch}-${at}`, filename: '', outcome, decision })),
        undefined,
      );
    await record('hidden', 0);
    for (let batch = 0; batch < 40; batch += 1) await record('not-asked', batch);
    const { database } = server.store;
    const rows = await database.selectFrom('guard_decisions').select(['outcome', 'project']).execute();
    expect(rows.filter(({ outcome }) => outcome === 'hidden')).toHaveLength(200);
    expect(rows.length).toBeLessThan(5600);
    expect(rows.map(({ project }) => project)).toContain('a-39-199');
    expect(await database.selectFrom('mirror_pages').select('project').execute()).toEqual([]);
  });

  it('forgets tokens that have expired when another one is made', async () => {
    const { server } = await open();
    const count = async () => (await server.store.database.selectFrom('tokens').select('id').execute()).length;
    const before = await count();
    await server.store.database.updateTable('tokens').set({ expires_ms: 1 }).execute();
    await server.login('alice', 'alice');
    expect([before > 1, await count()]).toEqual([true, 1]);
  });

  it('answers what has characters that a database may not know', async () => {
    const { server } = await open();
    const fields = [
      ['requires_python', '>=3\0'],
      ['summary', 'a\0b \ud800 \u{1f600}'],
      ['description', '\0'],
    ] as const;
    const form = { ...wheelForm('odd', '1.0', fields), content: ['odd-1.0.tar.bz2', 'x'] } as const;
    const answers = [
      await server.upload('alice/dev', form, { as: 'alice' }),
      await server.call('PATCH', '/alice/dev', { as: 'alice', body: { title: 'a\0b\ud800' } }),
      await server.call('PATCH', '/alice', { as: 'alice', body: { email: 'a\0b' } }),
      await server.call('GET', '/alice/dev/+simple/odd/', { headers: accept }),
      await server.call('GET', '/alice/dev/odd/1.0'),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200]);
  });

  it('is refused when a newer version wrote it', async () => {
    const { server, database, folder } = await open();
    await writeMeta(server.store.database, 'format', '999');
    await server.stop();
    const opening = IndexStore.open({ folder, clock: systemClock, ...(database === undefined ? {} : { database }) });
    await expect(opening).rejects.toMatchObject({ code: 'STATE_TOO_NEW' });
  });

  it('is served by one process at a time', async () => {
    const { folder, database } = await open();
    const second = makeTestServer({ rootPassword: '', ...(database === undefined ? {} : { database }) }, folder);
    await expect(second).rejects.toMatchObject({ code: 'INDEX_IN_USE' });
  });
}

describe('SQLite', () => {
  describeStore(() => Promise.resolve(undefined));
});

describe.skipIf(programs === undefined)('PostgreSQL (needs the Debian package postgresql)', () => {
  let server: TestPostgres | undefined;
  beforeAll(async () => {
    server = await startPostgres(programs ?? '');
  }, 60_000);
  afterAll(() => server?.stop());
  describeStore(async () => server?.makeDatabase());

  it('goes on with new connections when the server has ended the old ones', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pyindex-store-'));
    const database = (await server?.makeDatabase()) ?? '';
    const index = await makeTestServer({ database }, folder);
    await index.addUser('alice');
    await server?.endConnections();
    // Ended connections are noticed when the server's word on them has come.
    await expect.poll(async () => (await index.call('GET', '/alice')).statusCode).toBe(200);
    await index.stop();
    rmSync(folder, { recursive: true, force: true });
  });
});
