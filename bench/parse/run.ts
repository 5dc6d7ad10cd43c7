/**
 * Parse, flatten and validate a devfile: processor time of one call, warm, in process. A stack of 2.6 KB, a devfile of
 * 86 KB (40 containers, 40 volumes, 320 commands, 100 variables), and with the limit raised the same mix up to 10 MB,
 * which shows how the time grows. Anchor: the reference (Go, in process, one core) takes 2.0 and 14.1 ms for the first two.
 * Prints minimum, median and maximum of the rounds; places are computed too where "with places" is said.
 * Usage: npm run bench -- parse [rounds]
 */
import { readFileSync } from 'node:fs';
import { readDevfile } from '../../packages/devfile/src/index.ts';
import { median, readRounds } from '../stack.ts';
import { largeCounts, makeDevfile, multiplyCounts } from './large-devfile.ts';

const maxBytes = 16 * 1024 * 1024;
const roundMs = 100;

async function read(text: string, withPlaces: boolean): Promise<void> {
  const { devfile, diagnostics, originsOf } = await readDevfile(text, { file: 'devfile.yaml', maxBytes });
  if (devfile === undefined) throw new Error(`the devfile is refused: ${JSON.stringify(diagnostics[0])}`);
  if (withPlaces) originsOf(['components', 0]);
}

/** Milliseconds of processor time that one call takes. */
async function measure(text: string, calls: number, withPlaces: boolean): Promise<number> {
  const start = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) await read(text, withPlaces);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / calls;
}

async function report(title: string, text: string, withPlaces = false): Promise<number> {
  // Until the compiler has seen enough.
  const warmUp = Math.max(2, Math.ceil(10_000_000 / text.length / 10));
  const calls = Math.max(1, Math.round(roundMs / (await measure(text, warmUp, withPlaces))));
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await measure(text, calls, withPlaces));
  const figures = [Math.min(...times), median(times), Math.max(...times)].map((ms) => ms.toFixed(2)).join(' / ');
  const perKb = (median(times) * 1000) / (text.length / 1024);
  console.log(`${title.padEnd(34)} ${figures.padEnd(28)} ms   ${perKb.toFixed(0)} us a KB`);
  return median(times);
}

const rounds = readRounds(10);
const stack = readFileSync(new URL('python.yaml', import.meta.url), 'utf8');
const large = makeDevfile(largeCounts);
console.log(`${rounds} rounds (minimum / median / maximum)`);
const targets = [
  { name: 'stack', text: stack, targetMs: 1 },
  { name: 'large devfile', text: large, targetMs: 10 },
];
for (const { name, text, targetMs } of targets) {
  const size = `${(text.length / 1024).toFixed(1)} KB`;
  const ms = await report(`${name}, ${size}`, text);
  await report(`${name}, ${size}, with places`, text, true);
  console.log(`  ${ms <= targetMs ? 'within' : 'ABOVE'} the aim of ${targetMs} ms`);
}
for (const factor of [5, 20, 60, 120]) {
  const text = makeDevfile(multiplyCounts(factor));
  await report(`the same mix, ${(text.length / 1024 / 1024).toFixed(1)} MB`, text);
}
