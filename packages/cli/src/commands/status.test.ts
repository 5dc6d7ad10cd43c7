import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { FakeIo } from '@devstead/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import { renderStatus } from '../status/render-status.ts';
import { TestRepository, writeLog } from '../test-workspace.fixture.ts';

describe('devstead status and list', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  it('say that there is no workspace', async () => {
    expect(await repository.call(['status'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('WORKSPACE_NOT_FOUND'),
    });
    const list = await repository.call(['list', '-o', 'json']);
    expect(list.code).toBe(0);
    expect(expectSchema('list', list.stdout)).toEqual({ schemaVersion: 'list/v1', workspaces: [] });
  });

  it('show a workspace that is not running, with exit code 1', async () => {
    const workspace = await repository.recordWorkspace();
    writeLog(workspace, 'dev', []);
    mkdirSync(workspace.paths.volume('cache'), { recursive: true });
    writeFileSync(`${workspace.paths.volume('cache')}/data`, 'x'.repeat(100_000));
    mkdirSync(workspace.paths.volume('old'), { recursive: true });
    const { code, stdout } = await repository.call(['status', '--output', 'json']);
    expect(code).toBe(1);
    const status = expectSchema('status', stdout);
    expect(status).toMatchObject({
      workspace: { id: workspace.id, name: 'shop', folder: repository.folder },
      state: 'stopped',
      containers: [
        { name: 'dev', state: 'stopped', isReady: false, restarts: 0, memoryLimitBytes: 512 * 2 ** 20 },
        { name: 'db', state: 'absent', isReady: false },
      ],
      addresses: [],
      finishedEvents: [],
    });
    expect(status['volumes']).toEqual([
      {
        name: 'cache',
        isEphemeral: false,
        declaredBytes: 2 ** 30,
        usedBytes: expect.toSatisfy((bytes: number) => bytes >= 100_000),
      },
      { name: 'old', isEphemeral: false, usedBytes: expect.any(Number) },
    ]);
    const list = await repository.call(['list', '-o', 'json']);
    expect(expectSchema('list', list.stdout)).toMatchObject({
      workspaces: [{ name: 'shop', state: 'stopped', addresses: [] }],
    });
  });

  it('find a workspace by its name from anywhere', async () => {
    await repository.recordWorkspace();
    expect((await repository.call(['status', '--name', 'shop'])).stdout).toContain('next: devstead up');
    expect((await repository.call(['status', '--name', 'other'])).code).toBe(2);
  });

  it('show a workspace whose record of the environment is gone', async () => {
    const workspace = await repository.recordWorkspace();
    writeLog(workspace, 'dev', []);
    rmSync(workspace.paths.environment);
    const { code, stdout } = await repository.call(['status', '--output', 'json']);
    expect(code).toBe(1);
    expect(expectSchema('status', stdout)).toMatchObject({ containers: [{ name: 'dev', state: 'stopped' }] });
  });
});

describe('a status as text', () => {
  it('shows readiness, memory, restarts and why there is no network', () => {
    const io = new FakeIo({ cwd: '/' });
    const text = renderStatus(
      {
        schemaVersion: 'status/v1',
        workspace: { id: 'shop-1', name: 'shop', folder: '/src/shop' },
        state: 'partly',
        runtime: 'sandbox',
        containers: [
          {
            name: 'dev',
            state: 'running',
            isReady: true,
            keptAlive: 'why',
            restarts: 0,
            startedAt: '2024-12-31T23:48:00Z',
            memoryBytes: 2 ** 25,
            memoryLimitBytes: 2 ** 29,
          },
          { name: 'db', state: 'exited', isReady: false, exitCode: 3, restarts: 2, lastExitCode: 1 },
        ],
        addresses: [{ endpoint: 'web', container: 'dev', url: 'http://127.0.0.1:20001', exposure: 'public' }],
        volumes: [{ name: 'cache', usedBytes: 2048, declaredBytes: 2 ** 30, isEphemeral: true }],
        finishedEvents: ['preStart'],
        networkProblem: 'no tun',
      },
      io,
    );
    expect(text.split('\n')).toEqual([
      'shop  partly  /src/shop',
      'containers',
      '  dev  running  kept alive  12 min  32 MiB of 512 MiB',
      '  db   exited   code 3                                 2 restarts, the last after code 1',
      'addresses',
      '  web  http://127.0.0.1:20001  public',
      'volumes',
      '  cache  2 KiB  of 1 GiB declared  ephemeral',
      'network',
      '  no way out: no tun',
      'events done',
      '  preStart',
      'next: devstead up',
      '',
    ]);
  });
});
