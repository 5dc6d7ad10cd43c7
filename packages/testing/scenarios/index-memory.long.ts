import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeUpstream } from '../src/python/fake-upstream.ts';
import { IndexClient } from '../src/python/index-client.ts';
import { IndexServer } from '../src/python/index-server.ts';
import { makeWheel } from '../src/python/make-distribution.ts';
import { growthOf, readTrend } from '../src/trend.ts';

const requests = 500_000;
const samples = 100;
const atOnce = 16;

describe(`${requests} requests of every kind`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'devstead-index-memory-'));
  let upstream: FakeUpstream;
  let index: IndexServer;

  beforeAll(async () => {
    upstream = await FakeUpstream.start();
    index = await IndexServer.start({ folder, upstream: upstream.simple });
  });
  afterAll(async () => {
    await index?.stop();
    await upstream?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('must not grow the memory of the index', async () => {
    const client = new IndexClient(index.address);
    await client.must('PUT', '/root/stable', { bases: 'root/pypi' });
    const paths: string[] = ['/root/stable/+simple/', '/+api', '/+status', '/root/stable/+simple/nowhere/'];
    for (let at = 0; at < 300; at += 1) {
      const file = makeWheel({ name: `memory-${at}`, version: '1.0', paddingBytes: 5000 });
      if (at % 2 === 0) upstream.add(file);
      else await client.upload('root/stable', file);
      paths.push(
        `/root/stable/+simple/${file.name}/`,
        new URL(await client.locate('root/stable', file.name, file.filename)).pathname,
      );
    }
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
    let done = 0;
    let failures = 0;
    const ask = async (until: number): Promise<void> => {
      while (done < until) {
        const at = done;
        done += 1;
        const path = paths[(at * 7919) % paths.length] ?? '/';
        const accept = at % 2 === 0 ? 'application/vnd.pypi.simple.v1+json' : 'text/html';
        const status = await fetchStatus(agent, index.port, path, {
          accept,
          'accept-encoding': at % 3 === 0 ? 'gzip' : 'identity',
        });
        if (status !== 200 && !(status === 404 && path.includes('nowhere'))) failures += 1;
      }
    };
    const resident: number[] = [];
    for (let sample = 1; sample <= samples; sample += 1) {
      const until = (requests / samples) * sample;
      await Promise.all(Array.from({ length: atOnce }, () => ask(until)));
      resident.push(readResidentBytes(index.pid));
    }
    agent.destroy();
    // What a process takes until its caches are full and its heap has its size is no trend.
    const trend = readTrend(resident.slice(samples / 10));
    process.stdout.write(
      `resident after ${requests} requests: ${(trend.median / 2 ** 20).toFixed(0)} MiB, ${JSON.stringify(trend)}\n`,
    );
    expect(failures).toBe(0);
    expect(growthOf(trend)).toBeLessThan(0.05);
  });
});

function readResidentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

function fetchStatus(agent: Agent, port: number, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ agent, port, path, headers, host: '127.0.0.1' }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
      answer.on('error', reject);
    }).on('error', reject);
  });
}
