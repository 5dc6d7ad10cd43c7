import { join } from 'node:path';
import { prepareServer } from '@devstead/pyindex';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

describe('devstead index', () => {
  let repository: TestRepository;
  let data: string;
  beforeEach(() => {
    repository = new TestRepository();
    data = join(repository.folder, 'data');
  });
  afterEach(() => repository.remove());

  const call = async (...args: readonly string[]): Promise<{ code: number; value: Record<string, unknown> }> => {
    const variables = { DEVSTEAD_INDEX_ROOT_PASSWORD: 'first' };
    const { code, stdout } = await repository.call(['index', ...args, '--data', data, '-o', 'json'], variables);
    return {
      code,
      value: expectSchema(
        code === 0 ? `index-${args.slice(0, args[0] === 'token' ? 2 : 1).join('-')}` : 'error',
        stdout,
      ),
    };
  };

  it('is initialised once and stays as it is the second time', async () => {
    expect(await call('init')).toMatchObject({
      code: 0,
      value: { isRootNew: true, newIndexes: ['root/pypi', 'root/stable'] },
    });
    expect(await call('init')).toMatchObject({ code: 0, value: { isRootNew: false, newIndexes: [] } });
    expect((await call('status')).value).toMatchObject({
      users: 1,
      indexes: [
        { path: 'root/pypi', type: 'mirror' },
        { path: 'root/stable', type: 'stage', projects: 0, files: 0, bytes: 0 },
      ],
    });
  });

  it('takes a password and tokens over while it is served, and is exported', async () => {
    await call('init');
    const server = await prepareServer({ folder: data, version: '0', logLevel: 'silent' });
    try {
      const login = async (password: string): Promise<number> => {
        const payload = JSON.stringify({ user: 'root', password });
        return (await server.app.inject({ method: 'POST', url: '/+login', payload })).statusCode;
      };
      expect(await login('first')).toBe(200);
      await repository.call(['index', 'passwd', 'root', '--data', data], { DEVSTEAD_INDEX_ROOT_PASSWORD: 'second' });
      await server.store.refresh();
      expect([await login('first'), await login('second')]).toEqual([401, 200]);

      const { value } = await call('token', 'create', 'root', '--permission', 'read');
      const auth = Buffer.from(`root:${String(value['token'])}`).toString('base64');
      const api = { url: '/+api', headers: { 'x-devpi-auth': auth } };
      expect((await server.app.inject(api)).body).toContain('"ok"');
      expect((await call('token', 'list', 'root')).value).toMatchObject({ tokens: [{ permission: 'read' }] });
      expect((await call('token', 'revoke', 'root', String(value['id']))).code).toBe(0);
      await server.store.refresh();
      expect((await server.app.inject(api)).body).toContain('"noauth"');

      const target = join(repository.folder, 'backup');
      expect((await call('export', target)).code).toBe(0);
      expect((await call('export', target)).code).toBe(2);
      const copy = await prepareServer({ folder: target, version: '0', logLevel: 'silent' });
      expect([...copy.store.directory.indexes.keys()]).toEqual(['root/pypi', 'root/stable']);
      await copy.stop();
      expect((await call('status')).value['server']).toMatchObject({ pid: process.pid });
    } finally {
      await server.stop();
    }
  });

  it('says what is wrong with a user or a token', async () => {
    await call('init');
    expect((await call('token', 'list', 'ghost')).code).toBe(2);
    expect((await call('token', 'create', 'root', '--index', 'no/no')).code).toBe(2);
    expect((await call('token', 'revoke', 'root', 'x')).code).toBe(2);
    expect((await call('passwd', 'ghost')).code).toBe(2);
  });
});
