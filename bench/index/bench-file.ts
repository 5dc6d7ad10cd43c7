import { type Load, measureLoad, medianLoad } from './measure.ts';
import type { BenchServer } from './servers.ts';
import { expectAtLeast, formatFigure } from './targets.ts';

/** A file of 20 MB that each server has from upstream, with four connections. */
export async function benchFile(servers: readonly BenchServer[], project: string, rounds: number): Promise<void> {
  const asked: { server: BenchServer; url: string; loads: Load[] }[] = [];
  for (const server of servers) {
    const page = `${server.simple}${project}/`;
    const text = await (await fetch(page, { headers: { accept: 'text/html' } })).text();
    const url = new URL(/href="([^"#]+)/.exec(text)?.[1] ?? '', page).href;
    // The first answer may come straight from upstream.
    for (let at = 0; at < 2; at += 1) await (await fetch(url)).arrayBuffer();
    asked.push({ server, url, loads: [] });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { server, url, loads } of asked)
      loads.push(await measureLoad({ url, pid: server.pid, connections: 4, seconds: 3 }));
  }
  const proxpi = medianLoad(asked.find(({ server }) => server.name === 'proxpi')?.loads ?? []);
  for (const { server, loads } of asked) {
    const load = medianLoad(loads);
    const ratio = load.megabytesPerSecond / proxpi.megabytesPerSecond;
    console.log(
      'file of 20 MB, 4 connections'.padEnd(38) +
        `${server.name.padEnd(10)}${formatFigure(load.megabytesPerSecond).padStart(8)} MB/s ${formatFigure(load.cpuMsPerRequest).padStart(12)} CPU ms   ${formatFigure(ratio)} of proxpi`,
    );
    if (server.name === 'devstead') expectAtLeast("file of 20 MB: MB/s by proxpi's", ratio, 1);
  }
}
