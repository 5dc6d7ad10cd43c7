/**
 * How long the Flask example's stack takes until everything is ready, without its install commands and with its images
 * present: from nothing ("cold") and after a stop ("again"), next to podman starting the same three images in parallel
 * with the same readiness probes. Prints minimum, median and maximum, and the median of the ratios pair by pair.
 * Usage: npm run bench -- up [rounds]
 */
import { BenchStack, imageState, median, readRounds, time } from '../stack.ts';
import { exportImages } from './export-images.ts';
import { type PeerContainer, PodmanPeer } from './peer.ts';

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

interface Pair {
  readonly own: number;
  readonly peer: number;
}

function report(title: string, pairs: readonly Pair[]): void {
  const seconds = (values: readonly number[]): string =>
    [Math.min(...values), median(values), Math.max(...values)].map((ms) => (ms / 1000).toFixed(3)).join(' / ');
  const own = seconds(pairs.map((pair) => pair.own));
  const peer = seconds(pairs.map((pair) => pair.peer));
  const ratio = median(pairs.map((pair) => pair.own / pair.peer)).toFixed(2);
  console.log(`${title.padEnd(6)} devstead ${own} s   podman ${peer} s   ratio ${ratio}`);
}

const rounds = readRounds(10);
const stack = new BenchStack();
const peer = new PodmanPeer(`${stack.folder}/podman`);
try {
  console.log(
    `example stack, images present, no install commands, ${rounds} rounds, ${peer.version()} (min / median / max)`,
  );
  for (const [name, tar, user] of await exportImages(imageState, ['python', 'postgresql', 'redis'], stack.folder)) {
    await peer.load(`bench/${name}`, tar, user);
  }
  const cold: Pair[] = [];
  const again: Pair[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    // New names each round: what earlier rounds deleted would slow the file system down for both.
    const name = `round-${round}`;
    const peers = containers.map((one) => ({
      ...one,
      ...(one.volume && { volume: [`${one.volume[0]}-${round}`, one.volume[1]] as const }),
    }));
    const ownUp = (): void => stack.devstead('up', '--no-commands', '--name', name);
    const first = { own: await time(ownUp), peer: 0 };
    stack.devstead('stop', '--name', name);
    first.peer = await time(() => peer.up(peers));
    await peer.down(peers);
    const second = { own: await time(ownUp), peer: 0 };
    stack.devstead('stop', '--name', name);
    second.peer = await time(() => peer.up(peers));
    await peer.down(peers);
    // The first round warms the caches of both.
    if (round === 0) continue;
    cold.push(first);
    again.push(second);
  }
  report('cold', cold);
  report('again', again);
} finally {
  await peer.close();
  stack.remove();
}
