import { setTimeout as delay } from 'node:timers/promises';
import { type Load, measureLoad, medianLoad } from './measure.ts';
import type { BenchServer } from './servers.ts';
import { expectAtLeast, formatFigure } from './targets.ts';

const json = 'application/vnd.pypi.simple.v1+json';
const seconds = 3;
const connections = 16;

/** What is asked of each server, with the path that it has there. */
export interface PagePlan {
  readonly what: string;
  readonly paths: Readonly<Partial<Record<BenchServer['name'], string>>>;
  /** How many times as many requests a second as devpi, in JSON; absent: they are only to be asked. */
  readonly least?: number;
  /** Whether HTML must reach it too. */
  readonly isForHtml: boolean;
}

/** Asks every server for a page in each form, in turn, and prints what they did. */
export async function benchPages(servers: readonly BenchServer[], plan: PagePlan, rounds: number): Promise<void> {
  for (const form of ['json', 'html'] as const) {
    for (const encoding of ['identity', 'gzip'] as const) {
      const headers = {
        Accept: form === 'json' ? json : 'text/html',
        'Accept-Encoding': encoding,
        'User-Agent': 'pip/26.3',
      };
      const asked = servers.flatMap((server) => {
        const path = plan.paths[server.name];
        return path === undefined ? [] : [{ server, url: `${server.address}${path}`, loads: [] as Load[] }];
      });
      for (const { url } of asked) await warm(url, headers);
      for (let round = 0; round < rounds; round += 1) {
        for (const { server, url, loads } of asked) {
          loads.push(await measureLoad({ url, pid: server.pid, headers, connections, seconds }));
        }
      }
      const devpi = medianLoad(asked.find(({ server }) => server.name === 'devpi')?.loads ?? []);
      for (const { server, loads } of asked) {
        const load = medianLoad(loads);
        const ratio = load.requestsPerSecond / devpi.requestsPerSecond;
        console.log(
          `${plan.what} ${form} ${encoding === 'gzip' ? 'compressed' : 'plain'}`.padEnd(38) +
            `${server.name.padEnd(10)}${formatFigure(load.requestsPerSecond).padStart(8)} requests/s ` +
            `${formatFigure(load.cpuMsPerRequest).padStart(7)} CPU ms   ${formatFigure(ratio)} times devpi`,
        );
        if (plan.least !== undefined && server.name === 'devstead' && (form === 'json' || plan.isForHtml)) {
          expectAtLeast(`${plan.what}, ${form}, ${encoding}: requests/s by devpi's`, ratio, plan.least);
        }
      }
    }
  }
}

/** The first answers of a page fill caches, and some servers have no right one until then. */
async function warm(url: string, headers: Readonly<Record<string, string>>): Promise<void> {
  for (let right = 0, wrong = 0; right < 3; ) {
    const answer = await fetch(url, { headers });
    await answer.arrayBuffer();
    if (answer.ok) right += 1;
    else wrong += 1;
    if (wrong > 20) throw new Error(`${url} answered ${answer.status}`);
    if (!answer.ok) await delay(500);
  }
}
