import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findPythonProgram } from '../../packages/testing/src/python/python-programs.ts';
import { median, time } from '../stack.ts';
import { type BenchServer, type ServerPlan, startDevpi } from './servers.ts';
import { expectAtMost, formatFigure } from './targets.ts';

/** The simple index that pip of this machine uses; undefined when it cannot be reached. */
export function findOwnUpstream(folder: string): string | undefined {
  const script = `
from pip._internal.configuration import Configuration
from pip._internal.models.index import PyPI
configuration = Configuration(isolated=False)
configuration.load()
values = dict(configuration.items())
settings = {}
for part in values.values():
    settings.update(part) if isinstance(part, dict) else None
flat = {**{k: v for k, v in values.items() if isinstance(v, str)}, **settings}
print(flat.get(':env:.index-url') or flat.get('global.index-url') or PyPI.simple_url)
`;
  const upstream = execFileSync(findPythonProgram('clients', 'python'), ['-c', script], { encoding: 'utf8' }).trim();
  try {
    download(upstream, join(folder, 'probe'));
    return upstream;
  } catch {
    return undefined;
  }
}

/** Downloads from each index that has everything, in a round. */
const warmPairs = 4;

type Start = (plan: ServerPlan) => Promise<BenchServer>;

/** `pip download flask` through an index that has nothing yet, one that has everything, and without any, in turn. */
export async function benchPip(folder: string, upstream: string, startOwn: Start, rounds: number): Promise<void> {
  const times = {
    straight: [] as number[],
    cold: [] as number[],
    warm: [] as number[],
    devpiCold: [] as number[],
    devpiWarm: [] as number[],
  };
  for (let round = -1; round < rounds; round += 1) {
    const place = join(folder, `pip-${round + 1}`);
    const plan = { folder: place, upstream };
    mkdirSync(place);
    const figures = await timeDownloads(place, upstream, [await startOwn(plan), await startDevpi(plan)]);
    // The first round warms what all of them use.
    if (round < 0) continue;
    for (const [name, ms] of Object.entries(figures)) times[name as keyof typeof times].push(ms);
  }
  const ratio = (a: readonly number[], b: readonly number[]): number =>
    median(a.map((ms, index) => ms / (b[index] ?? Number.NaN)));
  const names = {
    straight: 'straight from upstream',
    cold: 'devstead cold',
    warm: 'devstead warm',
    devpiCold: 'devpi cold',
    devpiWarm: 'devpi warm',
  };
  for (const [name, values] of Object.entries(times)) {
    const seconds = [Math.min(...values), median(values), Math.max(...values)]
      .map((ms) => (ms / 1000).toFixed(2))
      .join(' / ');
    console.log(
      `pip download flask, ${names[name as keyof typeof names]}`.padEnd(48) +
        `${seconds} s (min / median / max of ${rounds})`,
    );
  }
  console.log(
    `pairs: cold by straight ${formatFigure(ratio(times.cold, times.straight))}, warm by devpi warm ${formatFigure(ratio(times.warm, times.devpiWarm))}`,
  );
  expectAtMost('pip download flask: cold by straight upstream, pairs', ratio(times.cold, times.straight), 1.25);
  expectAtMost("pip download flask: warm by devpi's warm, pairs", ratio(times.warm, times.devpiWarm), 1);
}

/** One round of downloads into a folder; the servers end with it, also when one of them has not what pip asks for. */
async function timeDownloads(
  place: string,
  upstream: string,
  [own, devpi]: readonly [BenchServer, BenchServer],
): Promise<Readonly<Record<'straight' | 'cold' | 'warm' | 'devpiCold' | 'devpiWarm', number>>> {
  const run = (from: string, name: string): Promise<number> => time(() => download(from, join(place, name)));
  try {
    const straight = await run(upstream, 'straight');
    const cold = await run(own.simple, 'cold');
    const devpiCold = await run(devpi.simple, 'devpi-cold');
    const [warm, devpiWarm]: [number[], number[]] = [[], []];
    // The two differ by less than two runs of one: several, each first in turn.
    for (let at = 0; at < warmPairs; at += 1) {
      const runs = [
        async () => void warm.push(await run(own.simple, `warm-${at}`)),
        async () => void devpiWarm.push(await run(devpi.simple, `devpi-warm-${at}`)),
      ];
      for (const one of at % 2 === 0 ? runs : runs.reverse()) await one();
    }
    return { straight, cold, warm: median(warm), devpiCold, devpiWarm: median(devpiWarm) };
  } finally {
    await own.stop();
    await devpi.stop();
  }
}

function download(index: string, target: string): void {
  const args = [
    'download',
    '--quiet',
    '--no-cache-dir',
    '--disable-pip-version-check',
    '--index-url',
    index,
    '--dest',
    target,
    'flask==3.*',
  ];
  const env = { ...process.env, PIP_FIND_LINKS: '', PIP_EXTRA_INDEX_URL: '', NO_PROXY: '127.0.0.1' };
  execFileSync(findPythonProgram('clients', 'pip'), args, { stdio: ['ignore', 'ignore', 'pipe'], env });
}
