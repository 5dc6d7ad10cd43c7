/**
 * How long an image of a registry on loopback takes until it lies in the store, unpacked and checked, next to
 * `skopeo copy` of the same image: into a storage from which containers start, which is the same work, and into a folder
 * with the OCI layout, which only downloads and unpacks nothing. The image is the python one, two layers. Prints
 * minimum, median and maximum, and the median of the ratios round by round.
 * Usage: npm run bench -- pull [rounds]
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { imageState, median, readRounds, time } from '../stack.ts';

const program = fileURLToPath(new URL('../../bin/devstead', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'devstead-bench-pull-'));
chmodSync(folder, 0o755);

function call(argv: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const [name = '', ...args] = argv;
  execFileSync(name, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
}

async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const host = `127.0.0.1:${await findPort()}`;
const configuration = join(folder, 'registry.yml');
const storage = `{filesystem: {rootdirectory: ${join(folder, 'registry')}}}`;
writeFileSync(configuration, `version: 0.1\nlog: {level: error}\nstorage: ${storage}\nhttp: {addr: "${host}"}\n`);
const registry = spawn('docker-registry', ['serve', configuration], { stdio: 'ignore' });
const reference = `${host}/bench/python:1`;
const copy = (target: string): string[] => [
  'skopeo',
  'copy',
  '-q',
  '--src-tls-verify=false',
  `docker://${reference}`,
  target,
];
const rounds = readRounds(5);
const results = { own: [] as number[], storage: [] as number[], layout: [] as number[] };
try {
  const archive = join(folder, 'python.tar');
  call([program, 'image', 'export', 'python', archive], { DEVSTEAD_HOME: imageState });
  await delay(500);
  call(['skopeo', 'copy', '-q', '--dest-tls-verify=false', `oci-archive:${archive}`, `docker://${reference}`]);
  for (let round = 0; round <= rounds; round += 1) {
    // New folders each round, removed at the end: what was just deleted would slow the file system down for all.
    const place = join(folder, `round-${round}`);
    const home = join(place, 'home');
    mkdirSync(home, { recursive: true, mode: 0o755 });
    cpSync(join(imageState, 'id-map.json'), join(home, 'id-map.json'));
    const env = { DEVSTEAD_HOME: home, XDG_CACHE_HOME: join(place, 'cache') };
    const own = await time(() => call([program, 'image', 'pull', reference], env));
    const root = join(place, 'storage');
    const stored = await time(() => call(copy(`containers-storage:[overlay@${root}+${root}-run]localhost/python:1`)));
    call(['umount', '--lazy', join(root, 'overlay')]);
    const layout = await time(() => call(copy(`oci:${join(place, 'layout')}:python`)));
    // The first round warms the caches of all.
    if (round === 0) continue;
    results.own.push(own);
    results.storage.push(stored);
    results.layout.push(layout);
  }
  const seconds = (values: readonly number[]): string =>
    [Math.min(...values), median(values), Math.max(...values)].map((ms) => (ms / 1000).toFixed(2)).join(' / ');
  const ratio = (peer: readonly number[]): string =>
    median(results.own.map((ms, index) => ms / (peer[index] ?? Number.NaN))).toFixed(2);
  const version = execFileSync('skopeo', ['--version'], { encoding: 'utf8' }).trim();
  console.log(`python image, 2 layers, from a registry on loopback, ${rounds} rounds, ${version} (min / median / max)`);
  console.log(`devstead image pull               ${seconds(results.own)} s`);
  console.log(`skopeo copy containers-storage:   ${seconds(results.storage)} s   ratio ${ratio(results.storage)}`);
  console.log(`skopeo copy oci: (not unpacked)   ${seconds(results.layout)} s   ratio ${ratio(results.layout)}`);
} finally {
  registry.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
