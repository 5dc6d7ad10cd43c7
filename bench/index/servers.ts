import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { findPythonProgram } from '../../packages/testing/src/python/python-programs.ts';

const password = 'bench-password';

/** An index that is measured. */
export interface BenchServer {
  readonly name: 'devstead' | 'devpi' | 'proxpi';
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
  readonly pid: number;
  /** From its start to its first answer. */
  readonly startMs: number;
  /** The simple index that mirrors upstream, for pip. */
  readonly simple: string;
  stop(): Promise<void>;
}

export interface ServerPlan {
  /** A folder of its own, kept when it is started again. */
  readonly folder: string;
  /** The simple index that is mirrored. */
  readonly upstream: string;
}

/** `devstead index serve`, as npm installs it. */
export async function startDevstead(program: string, { folder, upstream }: ServerPlan): Promise<BenchServer> {
  const env = { DEVSTEAD_HOME: join(folder, 'state'), DEVSTEAD_INDEX_ROOT_PASSWORD: password, PIP_INDEX_URL: upstream };
  const port = await findPort();
  const args = ['index', 'serve', '--port', String(port), '--data', join(folder, 'data')];
  return start('devstead', '/root/pypi/+simple/', port, () => call(program, args, env));
}

/** devpi-server with devpi-web; its first start on a folder mirrors upstream as `root/pypi`. */
export async function startDevpi({ folder, upstream }: ServerPlan): Promise<BenchServer> {
  const data = join(folder, 'devpi');
  const isNew = mkdirSync(data, { recursive: true }) !== undefined;
  const program = (name: string): string => findPythonProgram('peers', name);
  const secret = join(folder, 'secret');
  if (isNew) {
    execFileSync(program('devpi-init'), ['--serverdir', data, '--root-passwd', password], { stdio: 'ignore' });
    execFileSync(program('devpi-gen-secret'), ['--secretfile', secret], { stdio: 'ignore' });
  }
  const port = await findPort();
  const args = ['--serverdir', data, '--port', String(port), '--secretfile', secret];
  const server = await start('devpi', '/root/pypi/+simple/', port, () => call(program('devpi-server'), args));
  if (isNew) {
    const token = await logIn(server);
    // Else it asks upstream for the list of all projects first, and finds none when that takes long.
    const settings = [`mirror_url=${upstream}`, 'mirror_no_project_list=True'];
    await send(server, token, 'PATCH', '/root/pypi', settings);
  }
  return server;
}

/** proxpi, one process with as many threads as there are connections. */
export async function startProxpi({ folder, upstream }: ServerPlan): Promise<BenchServer> {
  const port = await findPort();
  const cache = join(folder, 'proxpi');
  mkdirSync(cache, { recursive: true });
  const args = ['--workers', '1', '--threads', '16', '--bind', `127.0.0.1:${port}`, 'proxpi.server:app'];
  const env = { PROXPI_INDEX_URL: upstream, PROXPI_CACHE_DIR: cache, PROXPI_DOWNLOAD_TIMEOUT: '30' };
  return start('proxpi', '/index/', port, () => call(findPythonProgram('peers', 'gunicorn'), args, env));
}

/** A token of root. */
export async function logIn(server: BenchServer): Promise<string> {
  const body = JSON.stringify({ user: 'root', password });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server.address}/+login`, { method: 'POST', body, headers });
  return ((await answer.json()) as { result: { password: string } }).result.password;
}

/** A request by root that must go well. */
export async function send(
  server: BenchServer,
  token: string,
  method: string,
  path: string,
  body: unknown,
): Promise<void> {
  const headers = { 'content-type': 'application/json', accept: 'application/json', authorization: basic(token) };
  const answer = await fetch(`${server.address}${path}`, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${server.name} answered ${answer.status} to ${method} ${path}: ${text}`);
}

export function basic(token: string): string {
  return `Basic ${Buffer.from(`root:${token}`).toString('base64')}`;
}

async function start(
  name: BenchServer['name'],
  simple: string,
  port: number,
  begin: () => ChildProcess,
): Promise<BenchServer> {
  const address = `http://127.0.0.1:${port}`;
  const began = performance.now();
  const child = begin();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (const deadline = Date.now() + 120_000; ; await delay(5)) {
    const answer = await fetch(`${address}${name === 'proxpi' ? '/health' : '/+api'}`, {
      headers: { accept: 'application/json' },
    }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer !== undefined) break;
    if (Date.now() > deadline || child.exitCode !== null) throw new Error(`${name} did not start`);
  }
  return {
    name,
    address,
    startMs: performance.now() - began,
    pid: child.pid ?? 0,
    simple: `${address}${simple}`,
    async stop() {
      child.kill('SIGTERM');
      await Promise.race([ended, delay(10_000)]);
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function call(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...env } });
}

function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
