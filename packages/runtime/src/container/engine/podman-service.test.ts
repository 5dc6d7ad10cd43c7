import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeTemporaryFolder } from '../../state/temporary-folder.fixture.ts';
import { startPodmanService } from './podman-service.ts';

/** What a program in Podman's place does: writes down how it was called, and listens like a service. */
const service = `
const { appendFileSync, rmSync } = require('node:fs');
const socket = process.argv.at(-1).replace('unix://', '');
appendFileSync(process.env.HOME + '/calls', JSON.stringify({ pid: process.pid, cwd: process.cwd(), words: process.argv.slice(2), env: process.env }) + '\\n');
rmSync(socket, { force: true });
require('node:http').createServer((_, answer) => {
  answer.setHeader('Api-Version', '1.41').setHeader('Libpod-Api-Version', '4.3.1').setHeader('Server', 'Libpod/4.3.1 (linux)').end('OK');
}).listen(socket);
`;

interface Call {
  readonly pid: number;
  readonly cwd: string;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Bench {
  readonly start: () => ReturnType<typeof startPodmanService>;
  readonly readCalls: () => Call[];
  readonly socket: string;
  readonly home: string;
}

function makeBench(program: string): Bench {
  const home = makeTemporaryFolder();
  const podman = join(home, 'podman');
  writeFileSync(join(home, 'service.cjs'), program);
  writeFileSync(podman, `#!/bin/sh\nexec ${process.execPath} ${join(home, 'service.cjs')} "$@"\n`, { mode: 0o755 });
  const readCalls = (): Call[] =>
    readFileSync(join(home, 'calls'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Call);
  const user = { name: 'user', uid: 1000, gid: 1000 };
  const settings = { stateFolder: join(home, 'state'), engineVariables: { HOME: home }, user };
  const start: Bench['start'] = async () => {
    const engine = await startPodmanService(podman, settings);
    onTestFinished(() => engine.client.close());
    return engine;
  };
  return { start, readCalls, socket: join(home, 'state/run/podman.sock'), home };
}

/** With what it started, when the test is over. */
function endAll({ readCalls }: Bench): void {
  onTestFinished(() => {
    for (const { pid } of readCalls()) process.kill(pid, 'SIGKILL');
  });
}

describe('a Podman service of our own', () => {
  it('is one for all who ask, also at the same time, and ends by itself', async () => {
    const bench = makeBench(service);
    endAll(bench);
    const engines = await Promise.all([bench.start(), bench.start()]);
    engines.push(await bench.start());
    for (const engine of engines) expect(engine).toMatchObject({ kind: 'podman', version: '4.3.1' });
    const calls = bench.readCalls();
    expect(calls).toHaveLength(1);
    expect(calls[0]?.words).toEqual([
      '--storage-driver',
      'overlay',
      'system',
      'service',
      '--time=60',
      `unix://${bench.socket}`,
    ]);
    expect(Object.keys(calls[0]?.env ?? {})).toEqual(expect.arrayContaining(['CONTAINERS_CONF_OVERRIDE', 'HOME']));
    // What conmon leaves where it was started is in nobody's way there.
    expect(calls[0]?.cwd).toBe(dirname(bench.socket));
  });

  it('leaves the user’s own settings and store as they are', async () => {
    const bench = makeBench(service);
    endAll(bench);
    mkdirSync(join(bench.home, '.config/containers'), { recursive: true });
    writeFileSync(join(bench.home, '.config/containers/containers.conf'), '');
    mkdirSync(join(bench.home, '.local/share/containers/storage/vfs'), { recursive: true });
    await bench.start();
    const [call] = bench.readCalls();
    expect(call?.words).not.toContain('--storage-driver');
    expect(call?.env['CONTAINERS_CONF']).toBeUndefined();
  });

  it('takes the place of one that was killed', async () => {
    const bench = makeBench(service);
    endAll(bench);
    mkdirSync(join(bench.socket, '..'), { recursive: true });
    const dead = createServer().listen(bench.socket);
    await new Promise((resolve) => dead.once('listening', resolve));
    dead.close();
    writeFileSync(bench.socket, '');
    expect((await bench.start()).kind).toBe('podman');
  });

  it('says what it said when it does not start', async () => {
    const bench = makeBench('console.error("no subuid ranges found"); process.exit(125);');
    await expect(bench.start()).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      details: ['no subuid ranges found'],
    });
  });
});
