/**
 * How long the Docker lab's image takes from its Dockerfile: from nothing ("cold"), and again with nothing changed, next
 * to `buildah bud` and `docker build` of the same file on the same base. Everybody installs the same packages from
 * the network in each cold round. Prints minimum, median and maximum, and the median of the ratios round by round.
 * Usage: npm run bench -- build [rounds]
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { imageState, median, readRounds, time } from '../stack.ts';
import { startBuildah } from './buildah-peer.ts';
import { explainNoDocker, startDocker } from './docker-peer.ts';
import { type BuildPeer, writeBaseContext } from './peer.ts';

const program = fileURLToPath(new URL('../../bin/devstead', import.meta.url));
const base = { recipe: 'python-slim', exportedName: 'localhost/devstead/python-slim:latest', name: 'python:3.13-slim' };
const folder = mkdtempSync(join(tmpdir(), 'devstead-bench-build-'));
chmodSync(folder, 0o755);
const lab = join(folder, 'lab');
const home = join(folder, 'home');
mkdirSync(home, { mode: 0o700 });
cpSync(fileURLToPath(new URL('../../examples/docker-lab', import.meta.url)), lab, { recursive: true });
cpSync(join(imageState, 'id-map.json'), join(home, 'id-map.json'));

function devstead(...words: readonly string[]): void {
  const env = { ...process.env, DEVSTEAD_HOME: home };
  execFileSync(program, words, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function startPeers(): Promise<BuildPeer[]> {
  const archive = join(folder, 'base.tar');
  devstead('image', 'export', base.recipe, archive);
  const context = join(folder, 'base');
  await writeBaseContext(context, base.exportedName);
  const start = (name: string) => {
    const own = join(folder, name);
    mkdirSync(own);
    return { ...base, archive, context, folder: own };
  };
  const peers = [startBuildah(start('buildah'))];
  const reason = explainNoDocker();
  if (reason === undefined) peers.push(await startDocker(start('docker')));
  else console.log(`without Docker: ${reason}`);
  return peers;
}

function report(title: string, own: readonly number[], peers: readonly (readonly [string, readonly number[]])[]): void {
  const seconds = (values: readonly number[]): string =>
    [Math.min(...values), median(values), Math.max(...values)].map((ms) => (ms / 1000).toFixed(2)).join(' / ');
  console.log(`${title.padEnd(9)} ${'devstead'.padEnd(24)} ${seconds(own)} s`);
  for (const [name, values] of peers) {
    const ratio = median(own.map((ms, index) => ms / (values[index] ?? Number.NaN))).toFixed(2);
    console.log(`${title.padEnd(9)} ${name.padEnd(24)} ${seconds(values)} s   ratio ${ratio}`);
  }
}

const rounds = readRounds(3);
let peers: BuildPeer[] = [];
try {
  devstead('image', 'build', base.recipe);
  peers = await startPeers();
  const own = { cold: [] as number[], again: [] as number[] };
  const others = peers.map(({ name }) => ({ name, cold: [] as number[], again: [] as number[] }));
  console.log(`the Docker lab's image, base image present, ${rounds} rounds (min / median / max)`);
  for (let round = 0; round < rounds; round += 1) {
    own.cold.push(await time(() => devstead('image', 'build', '--no-cache', '--tag', 'docker_lab:local', lab)));
    own.again.push(await time(() => devstead('image', 'build', '--tag', 'docker_lab:local', lab)));
    for (const [index, peer] of peers.entries()) {
      others[index]?.cold.push(await time(() => peer.build(lab, true)));
      others[index]?.again.push(await time(() => peer.build(lab, false)));
    }
  }
  for (const kind of ['cold', 'again'] as const) {
    report(
      kind === 'cold' ? 'cold' : 'unchanged',
      own[kind],
      others.map((one) => [one.name, one[kind]] as const),
    );
  }
} finally {
  for (const peer of peers) await peer.close();
  rmSync(folder, { recursive: true, force: true });
}
