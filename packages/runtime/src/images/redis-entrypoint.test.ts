import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProcessResult, runProcess, systemPath } from '../process/run-process.ts';
import { recipesFolder } from './recipes-folder.ts';

const entrypoint = join(recipesFolder, 'redis/root/usr/local/bin/redis-entrypoint');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'redis-'));
  // Shows what the server would be given: its arguments, then its settings.
  writeFileSync(join(folder, 'redis-server'), '#!/bin/bash\nprintf "<%s>" "$@"; echo\n[ "${1-}" != - ] || cat\n');
  chmodSync(join(folder, 'redis-server'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

const start = (args: readonly string[], env: Record<string, string> = {}): Promise<ProcessResult> =>
  runProcess([entrypoint, ...args], { env: { PATH: `${folder}:${systemPath}`, ...env } });

describe('the entry point of the image redis', () => {
  it.each([{}, { REDIS_PASSWORD: '' }])('asks for no password with %j', async (env) => {
    const { stdout } = await start(['redis-server'], env);
    expect(stdout).toContain('<->\n');
    expect(stdout).toContain('dir /data');
    expect(stdout).not.toContain('requirepass');
  });

  it('hands over a password through stdin only, quoted', async () => {
    const { stdout } = await start([], { REDIS_PASSWORD: 'a "b" \\c\'' });
    expect(stdout.split('\n')[0]).toBe('<->');
    expect(stdout).toContain('requirepass "a \\"b\\" \\\\c\'"\n');
  });

  it('refuses a password that would be two settings', async () => {
    expect(await start([], { REDIS_PASSWORD: 'a\nport 1' })).toMatchObject({ code: 2, stdout: '' });
  });

  it.each([
    [['redis-server', '--appendonly', 'yes'], '<-><--appendonly><yes>'],
    [['--appendonly', 'yes'], '<-><--appendonly><yes>'],
    [['redis-server', '/etc/redis.conf'], '</etc/redis.conf>'],
    [['echo', 'other program'], 'other program'],
  ])('%j starts the server or another program', async (args, first) => {
    expect((await start(args)).stdout.split('\n')[0]).toBe(first);
  });
});
