/**
 * How long the Flask example's stack takes from nothing (images present) and after a stop until everything is ready,
 * without its install commands, next to podman starting the same three images in parallel with the same readiness
 * probes. Prints medians and the ratio pair by pair. Usage: npm run bench -- up [rounds]
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { exportImages } from './export-images.ts';
import { type PeerContainer, PodmanPeer } from './peer.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const devstead = join(repository, 'bin/devstead');
const rounds = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 10);
const state =
  process.env['DEVSTEAD_HOME'] ?? join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share'), 'devstead');

const containers: readonly PeerContainer[] = [
  { name: 'python-dev', image: 'bench/python', env: {}, argv: ['sleep', 'infinity'] },
  {
    name: 'postgresql',
    image: 'bench/postgresql',
    env: {
      POSTGRESQL_USER: 'devuser',
      POSTGRESQL_PASSWORD: 'devpass',
      POSTGRESQL_DATABASE: 'webapp',
      POSTGRESQL_ADMIN_PASSWORD: 'adminpass',
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LANG: 'C.UTF-8',
      HOME: '/var/lib/pgsql',
    },
    volume: ['postgres-data', '/var/lib/pgsql/data'],
    argv: ['postgresql-entrypoint', 'postgres'],
    probe: ['pg_isready', '-q', '-h', '127.0.0.1', '-p', '5432'],
  },
  {
    name: 'redis',
    image: 'bench/redis',
    env: { REDIS_PASSWORD: '' },
    volume: ['redis-data', '/data'],
    argv: ['redis-entrypoint', 'redis-server'],
    probe: ['redis-cli', 'ping'],
  },
];

const folder = mkdtempSync(join(tmpdir(), 'devstead-bench-'));
// The peer's images are read by ids of the sandbox, which must be able to pass.
chmodSync(folder, 0o755);
const home = join(folder, 'home');
const project = join(folder, 'project');
mkdirSync(home, { mode: 0o700 });
symlinkSync(join(state, 'images'), join(home, 'images'));
cpSync(join(state, 'id-map.json'), join(home, 'id-map.json'));
cpSync(join(repository, 'examples/python-flask-webapp'), project, { recursive: true });
const env = { ...process.env, DEVSTEAD_HOME: home };

function ours(...args: readonly string[]): void {
  execFileSync(devstead, args, { cwd: project, env, stdio: ['ignore', 'ignore', 'pipe'] });
}

async function time(work: () => void | Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function report(title: string, own: readonly number[], peer: readonly number[]): void {
  const seconds = (values: readonly number[]): string =>
    [Math.min(...values), median(values), Math.max(...values)].map((ms) => (ms / 1000).toFixed(3)).join(' / ');
  const ratio = median(own.map((ms, index) => ms / (peer[index] ?? Number.NaN)));
  console.log(
    `${title.padEnd(7)} devstead ${seconds(own)} s   podman ${seconds(peer)} s   ratio ${ratio.toFixed(2)}  (min / median / max)`,
  );
}

const peer = new PodmanPeer(join(folder, 'podman'));
try {
  console.log(`example stack, images present, no install commands, ${rounds} rounds, ${peer.version()}`);
  for (const [name, tar, user] of await exportImages(state, ['python', 'postgresql', 'redis'], folder)) {
    await peer.load(`bench/${name}`, tar, user);
  }
  const cold = { own: [] as number[], peer: [] as number[] };
  const again = { own: [] as number[], peer: [] as number[] };
  for (let round = -1; round < rounds; round += 1) {
    const figures = {
      ownCold: await time(() => ours('up', '--no-commands')),
      peerCold: (ours('stop'), await time(() => peer.up(containers))),
      ownAgain: (await peer.down(containers, false), await time(() => ours('up', '--no-commands'))),
      peerAgain: (ours('stop'), await time(() => peer.up(containers))),
    };
    await peer.down(containers, true);
    ours('down', '--volumes');
    // The first round warms caches of both.
    if (round < 0) continue;
    cold.own.push(figures.ownCold);
    cold.peer.push(figures.peerCold);
    again.own.push(figures.ownAgain);
    again.peer.push(figures.peerAgain);
  }
  report('cold', cold.own, cold.peer);
  report('again', again.own, again.peer);
} finally {
  ours('down', '--all', '--volumes');
  await peer.close();
  rmSync(folder, { recursive: true, force: true });
}
