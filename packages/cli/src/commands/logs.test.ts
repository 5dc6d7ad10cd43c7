import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Workspace } from '@devstead/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import { runCommandLine } from '../program.ts';
import { TestRepository, writeLog } from '../test-workspace.fixture.ts';

describe('devstead logs', () => {
  let repository: TestRepository;
  let workspace: Workspace;
  beforeEach(async () => {
    repository = new TestRepository();
    workspace = await repository.recordWorkspace();
    writeLog(workspace, 'dev', [
      '2024-12-31T23:00:00.000000001+00:00 stdout F old',
      '2024-12-31T23:59:00.000000001+00:00 stdout P in two ',
      '2024-12-31T23:59:00.000000002+00:00 stdout F parts',
      '2024-12-31T23:59:30.000000000+00:00 stderr F \u001b[31mred\u001b[0m \u001b]0;title\u0007',
    ]);
    writeLog(workspace, 'db', ['2024-12-31T23:59:10.000000000+00:00 stdout F ready']);
  });
  afterEach(() => repository.remove());

  it('shows all containers in the order of time, each line with its container', async () => {
    const { code, stdout } = await repository.call(['logs']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'dev | old',
      'dev | in two parts',
      'db  | ready',
      'dev | red \\x1b]0;title\\x07',
      '',
    ]);
  });

  it('shows one container without its name, since a time, the last lines', async () => {
    expect((await repository.call(['logs', 'dev', '--since', '10m', '--tail', '1', '--timestamps'])).stdout).toBe(
      '2024-12-31T23:59:30.000000000+00:00 red \\x1b]0;title\\x07\n',
    );
    expect((await repository.call(['logs', '--tail', '0'])).stdout).toBe('');
  });

  it('keeps colours on a terminal that has them', async () => {
    const io = repository.io({}, { hasColour: true });
    await runCommandLine(['logs', 'dev', '--tail', '1'], io);
    expect(io.stdout.text).toContain('\u001b[31mred\u001b[0m');
    expect(io.stdout.text).not.toContain('\u0007');
  });

  it('prints one object a line as JSON', async () => {
    const { stdout } = await repository.call(['logs', 'db', '-o', 'json']);
    expect(expectSchema('log-line', stdout)).toMatchObject({ container: 'db', stream: 'stdout', text: 'ready' });
  });

  it('refuses a container there is not', async () => {
    expect(await repository.call(['logs', 'web'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('UNKNOWN_CONTAINER'),
    });
  });

  it('follows until Ctrl-C, shows each line once, and ends well', async () => {
    const io = repository.io();
    const call = runCommandLine(['logs', 'db', '--follow'], io);
    await expect.poll(() => io.stdout.text).toBe('ready\n');
    appendFileSync(workspace.paths.container('db').log, '2025-01-01T00:00:00.000000000+00:00 stdout F more\n');
    await expect.poll(() => io.stdout.text).toBe('ready\nmore\n');
    io.interrupt();
    expect(await call).toBe(0);
  });

  it('goes on with a container that is made anew, and begins with one that is added', async () => {
    const io = repository.io();
    const call = runCommandLine(['logs', '--follow', '--tail', '1'], io);
    await expect.poll(() => io.stdout.text).toContain('db  | ready\n');
    rmSync(workspace.paths.container('db').root, { recursive: true });
    writeLog(workspace, 'db', ['2025-01-01T00:00:00.000000000+00:00 stdout F made anew']);
    await expect.poll(() => io.stdout.text).toContain('db  | made anew\n');
    const environment = JSON.parse(readFileSync(workspace.paths.environment, 'utf8')) as { containers: object[] };
    environment.containers.push({ ...environment.containers[0], name: 'queue' });
    writeFileSync(workspace.paths.environment, JSON.stringify(environment));
    writeLog(workspace, 'queue', ['2025-01-01T00:00:00.000000000+00:00 stdout F added']);
    await expect.poll(() => io.stdout.text).toContain('queue | added\n');
    appendFileSync(workspace.paths.container('dev').log, '2025-01-01T00:00:01.000000000+00:00 stdout F still there\n');
    await expect.poll(() => io.stdout.text).toContain('dev   | still there\n');
    io.interrupt();
    expect(await call).toBe(0);
    expect(io.stdout.text.match(/made anew|added|still there/g)).toHaveLength(3);
  });

  it('gives a container the same colour whichever containers are shown', async () => {
    const prefixOf = async (container: string, args: readonly string[]): Promise<string | undefined> => {
      const io = repository.io({}, { hasColour: true });
      await runCommandLine(['logs', ...args], io);
      return new RegExp(`(\\u001b\\[\\d+m)${container} *\\|`).exec(io.stdout.text)?.[1];
    };
    const colour = await prefixOf('db', []);
    expect(colour).toBeDefined();
    expect(await prefixOf('db', ['db', 'dev'])).toBe(colour);
    expect(await prefixOf('dev', [])).not.toBe(colour);
  });

  it('ends when the workspace is removed', async () => {
    const io = repository.io();
    const call = runCommandLine(['logs', '--follow'], io);
    await expect.poll(() => io.stdout.text).toContain('ready');
    repository.remove();
    expect(await call).toBe(0);
  });
});
