/**
 * The registry with 500 stacks: processor time of a request for the whole `/v2index`, beside that for the same bytes as a
 * file of a stack in the same server, plain and packed; and of one with filters, which is made anew. Also the time until
 * the server answers, and its memory. The index is to take at most 1.5 times what the file takes.
 * Usage: npm run bench -- registry [rounds]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeDevfile, makeStackYaml } from '../../packages/registry/src/make-stacks.fixture.ts';
import { type Load, measureLoad, medianLoad, readResidentMegabytes } from '../index/measure.ts';
import { expectAtMost, formatFigure, printVerdicts } from '../index/targets.ts';
import { readRounds } from '../stack.ts';

const stackCount = 500;
const rounds = readRounds(5);
const folder = mkdtempSync(join(tmpdir(), 'devstead-bench-registry-'));
const port = 24_080;
const address = `http://127.0.0.1:${port}`;

function write(path: string, text: string): void {
  const file = join(folder, 'stacks/stacks', path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

function makeStacks(): void {
  for (let at = 0; at < stackCount; at += 1) {
    const name = `stack-${at}`;
    const versions = ['1.0.0', '1.1.0', '2.0.0'];
    write(`${name}/stack.yaml`, makeStackYaml(name, versions));
    for (const version of versions)
      write(`${name}/${version}/devfile.yaml`, makeDevfile(name, version, { metadata: '  tags: [Go, Web]\n' }));
  }
}

async function startServer(): Promise<{ readonly pid: number; readonly startMs: number; stop(): Promise<void> }> {
  const program = fileURLToPath(new URL('../../bin/devstead', import.meta.url));
  const start = performance.now();
  const child = spawn(
    program,
    ['registry', 'serve', join(folder, 'stacks'), '--port', String(port), '--refresh', '0s'],
    {
      env: { ...process.env, DEVSTEAD_HOME: join(folder, 'home') },
      stdio: 'ignore',
    },
  );
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  while ((await fetch(`${address}/health`).catch(() => undefined)) === undefined) {
    if (child.exitCode !== null) throw new Error('the registry could not be started');
    await delay(20);
  }
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return { pid: child.pid ?? 0, startMs: performance.now() - start, stop };
}

try {
  makeStacks();
  // The bytes of the index with the file in it are those of the index that is measured.
  write('stack-0/1.0.0/index.json', '');
  const first = await startServer();
  const index = await (await fetch(`${address}/v2index`)).text();
  await first.stop();
  write('stack-0/1.0.0/index.json', index);
  const server = await startServer();
  try {
    const file = await (await fetch(`${address}/stacks/stack-0/1.0.0/index.json`)).text();
    const now = await (await fetch(`${address}/v2index`)).text();
    if (file.length !== now.length) throw new Error('the file is not what the index is');
    console.log(
      `${stackCount} stacks, index of ${(index.length / 1024).toFixed(0)} KB, ready after ${formatFigure(server.startMs)} ms`,
    );
    const ask = (path: string, isPacked: boolean) => ({
      url: `${address}${path}`,
      pid: server.pid,
      headers: { 'Accept-Encoding': isPacked ? 'gzip' : 'identity' },
      connections: 8,
      seconds: 2,
    });
    for (const isPacked of [false, true]) {
      const loads = { index: [], file: [] } as Record<'index' | 'file', Load[]>;
      // In turn, so that a busy machine is busy for both.
      for (let round = 0; round < rounds; round += 1) {
        loads.index.push(await measureLoad(ask('/v2index', isPacked)));
        loads.file.push(await measureLoad(ask('/stacks/stack-0/1.0.0/index.json', isPacked)));
      }
      const [ofIndex, ofFile] = [medianLoad(loads.index), medianLoad(loads.file)];
      const what = isPacked ? 'packed' : 'plain';
      console.log(
        `${what.padEnd(8)} index ${ofIndex.cpuMsPerRequest.toFixed(3)} ms, file ${ofFile.cpuMsPerRequest.toFixed(3)} ms a request; ` +
          `${formatFigure(ofIndex.requestsPerSecond)} and ${formatFigure(ofFile.requestsPerSecond)} requests a second`,
      );
      expectAtMost(
        `processor time of /v2index beside a file, ${what}`,
        ofIndex.cpuMsPerRequest / ofFile.cpuMsPerRequest,
        1.5,
      );
    }
    const filtered = await measureLoad(ask('/v2index?tags=web&name=stack-1', false));
    console.log(`filtered index ${filtered.cpuMsPerRequest.toFixed(2)} ms a request`);
    console.log(`resident afterwards ${formatFigure(readResidentMegabytes(server.pid))} MB`);
  } finally {
    await server.stop();
  }
  process.exitCode = printVerdicts() === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
