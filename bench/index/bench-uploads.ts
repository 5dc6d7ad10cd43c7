import { performance } from 'node:perf_hooks';
import { type Distribution, makeWheel } from '../../packages/testing/src/python/make-distribution.ts';
import { median } from '../stack.ts';
import { type BenchServer, basic } from './servers.ts';
import { expectAtMost, formatFigure } from './targets.ts';

/** Uploads the files of an index, several at a time. */
export async function fillIndex(
  server: BenchServer,
  token: string,
  stage: string,
  projects: number,
  files: number,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < files) {
      const at = next;
      next += 1;
      const version = `1.${Math.floor(at / projects)}`;
      await upload(server, token, stage, makeWheel({ name: `private-${at % projects}`, version, paddingBytes: 2000 }));
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
}

/** How long an upload of 20 kB with a token takes, the servers in turn. */
export async function benchUploads(
  servers: readonly BenchServer[],
  tokens: ReadonlyMap<BenchServer, string>,
  stage: string,
  count: number,
): Promise<void> {
  const times = new Map<BenchServer, number[]>(servers.map((server) => [server, []]));
  for (let at = 0; at < count; at += 1) {
    const file = makeWheel({ name: 'uploaded', version: `1.${at}`, paddingBytes: 20_000 });
    for (const server of servers) {
      const began = performance.now();
      await upload(server, tokens.get(server) ?? '', stage, file);
      times.get(server)?.push(performance.now() - began);
    }
  }
  const medians = servers.map((server) => [server.name, median(times.get(server) ?? [])] as const);
  const devpi = medians.find(([name]) => name === 'devpi')?.[1] ?? Number.NaN;
  for (const [name, ms] of medians) {
    console.log(
      `upload of 20 kB with a token`.padEnd(38) +
        `${name.padEnd(10)}${formatFigure(ms).padStart(8)} ms (median of ${count})   ${formatFigure(ms / devpi)} of devpi`,
    );
    if (name === 'devstead') expectAtMost("upload with a token: time by devpi's", ms / devpi, 1);
  }
}

async function upload(server: BenchServer, token: string, stage: string, file: Distribution): Promise<void> {
  const form = new FormData();
  const fields = {
    ':action': 'file_upload',
    protocol_version: '1',
    metadata_version: '2.1',
    name: file.name,
    version: file.version,
    filetype: 'bdist_wheel',
    pyversion: 'py3',
    sha256_digest: file.sha256,
  };
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('content', new Blob([new Uint8Array(file.content)]), file.filename);
  const headers = { authorization: basic(token) };
  const answer = await fetch(`${server.address}/${stage}/`, { method: 'POST', body: form, headers });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${server.name} answered ${answer.status} to an upload: ${text}`);
}
