/**
 * The package index beside devpi-server with devpi-web and proxpi, on the same machine, with the same files, in turn:
 * project pages small and large, the list of three thousand projects, uploads, a large file, `pip download flask`, the
 * start, and the memory after all of it. Prints figures, ratios, and whether each target is reached.
 * Usage: npm run bench -- index [rounds]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPacked } from '../../packages/testing/src/install-packed.ts';
import { FakeUpstream } from '../../packages/testing/src/python/fake-upstream.ts';
import { makeWheel } from '../../packages/testing/src/python/make-distribution.ts';
import { explainNoPython } from '../../packages/testing/src/python/python-programs.ts';
import { readRounds } from '../stack.ts';
import { benchFile } from './bench-file.ts';
import { benchPages } from './bench-pages.ts';
import { benchPip, findOwnUpstream } from './bench-pip.ts';
import { benchUploads, fillIndex } from './bench-uploads.ts';
import { readResidentMegabytes } from './measure.ts';
import { type BenchServer, logIn, type ServerPlan, send, startDevpi, startDevstead, startProxpi } from './servers.ts';
import { expectAtMost, formatFigure, printVerdicts } from './targets.ts';

const rounds = readRounds(3);
const folder = mkdtempSync(join(tmpdir(), 'devstead-bench-index-'));
const running: BenchServer[] = [];
const upstream = await FakeUpstream.start();

async function start(begin: Promise<BenchServer>): Promise<BenchServer> {
  const server = await begin;
  running.push(server);
  return server;
}

try {
  const missing = explainNoPython('peers') ?? explainNoPython('clients');
  if (missing !== undefined) throw new Error(missing);
  const installed = join(folder, 'installed');
  mkdirSync(installed);
  const program = installPacked(installed);
  const startOwn = (plan: ServerPlan): Promise<BenchServer> => startDevstead(program, plan);

  for (let at = 0; at < 33; at += 1)
    upstream.add(makeWheel({ name: 'six', version: `1.${at}`, requiresPython: '>=3.8' }));
  for (let at = 0; at < 4312; at += 1)
    upstream.add(makeWheel({ name: 'boto3', version: `1.${Math.floor(at / 100)}.${at % 100}` }));
  upstream.add(makeWheel({ name: 'large', version: '1.0', paddingBytes: 20_000_000 }));
  const plan = { folder: join(folder, 'main'), upstream: upstream.simple };
  mkdirSync(plan.folder);
  const own = await start(startOwn(plan));
  const devpi = await start(startDevpi(plan));
  const proxpi = await start(startProxpi(plan));
  console.log(
    `${rounds} rounds, 16 connections; start on an empty folder: devstead ${formatFigure(own.startMs)} ms, devpi ${formatFigure(devpi.startMs)} ms`,
  );
  expectAtMost('start on an empty folder, ms', own.startMs, 1000);

  const tokens = new Map<BenchServer, string>();
  for (const server of [own, devpi]) {
    const token = await logIn(server);
    tokens.set(server, token);
    await send(server, token, 'PUT', '/root/stable', { bases: 'root/pypi' });
    for (const stage of ['private', 'uploaded']) await send(server, token, 'PUT', `/root/${stage}`, {});
  }
  const all = [own, devpi, proxpi];
  const page = (name: string): Record<BenchServer['name'], string> => ({
    devstead: `/root/stable/+simple/${name}/`,
    devpi: `/root/stable/+simple/${name}/`,
    proxpi: `/index/${name}/`,
  });
  await benchPages(all, { what: 'small page', paths: page('six'), least: 10, isForHtml: true }, rounds);
  await benchPages(all, { what: 'large page', paths: page('boto3'), least: 50, isForHtml: false }, rounds);
  await benchFile(all, 'large', rounds);
  for (const server of [own, devpi]) await fillIndex(server, tokens.get(server) ?? '', 'root/private', 2000, 2700);
  await benchPages([own], { what: 'small page again', paths: page('six'), isForHtml: false }, 1);
  for (const server of all) {
    const megabytes = readResidentMegabytes(server.pid);
    console.log(
      `resident after pages, file and 2,700 uploads`.padEnd(48) +
        `${server.name.padEnd(10)} ${formatFigure(megabytes)} MB`,
    );
    if (server === own)
      expectAtMost('resident after the pages and 2,700 uploads of 2,000 projects, MB', megabytes, 150);
  }
  await benchUploads([own, devpi], tokens, 'root/uploaded', 100);
  for (const server of [own, devpi]) await fillIndex(server, tokens.get(server) ?? '', 'root/private', 3000, 3000);
  const list = { devstead: '/root/private/+simple/', devpi: '/root/private/+simple/' };
  await benchPages(all, { what: 'list of 3,000', paths: list, least: 10, isForHtml: true }, rounds);
  await own.stop();
  const again = await start(startOwn(plan));
  console.log(`start with all of it: devstead ${formatFigure(again.startMs)} ms`);
  expectAtMost('start with 3,000 projects, ms', again.startMs, 1000);
  for (const server of running.splice(0)) await server.stop();

  const real = findOwnUpstream(folder);
  console.log(
    real === undefined
      ? 'pip has no index here that has flask: nothing to compare with'
      : 'upstream of pip: that of this machine',
  );
  if (real !== undefined) await benchPip(folder, real, startOwn, 10);
  const missed = printVerdicts();
  if (missed > 0) console.log(`\n${missed} targets are missed`);
} finally {
  for (const server of running) await server.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true, force: true });
}
