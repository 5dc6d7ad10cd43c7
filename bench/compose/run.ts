/**
 * How long compose projects take until every service is healthy, images present: examples/three-tier by its production
 * file, and the containers of examples/python-flask-webapp as services; beside docker compose on a Docker Engine of its
 * own, with the same images and the same files. "cold" is from nothing, "again" after a `down` that kept the volumes; `down`
 * has the time that each service has by default. Prints minimum, median and maximum, and the median of the ratios pair
 * by pair. The docker compose to compare with is DOCKER_COMPOSE or on PATH; CONTRIBUTING.md tells how it is built.
 * Usage: npm run bench -- compose [rounds]
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findDockerCompose } from '../../packages/testing/src/find-docker-compose.ts';
import { BenchStack, median, readRounds, time } from '../stack.ts';
import { DockerEngine } from './docker-engine.ts';

interface Project {
  readonly title: string;
  /** Folder in the repository. */
  readonly source: string;
  readonly files: readonly string[];
  /** Recipes, and the names under which the project asks for them. */
  readonly images: Readonly<Record<string, string>>;
  readonly prepare: (stack: BenchStack) => void;
}

const here = fileURLToPath(new URL('.', import.meta.url));
const projects: readonly Project[] = [
  {
    title: 'three-tier',
    source: 'examples/three-tier',
    files: ['compose.yaml', 'bench.yaml'],
    images: { nginx: 'nginx:1.22', 'python-slim': 'python:3.11-slim', postgresql: 'postgres:15' },
    prepare: (stack) => {
      // Installed once: no time of either is a download.
      stack.devstead('compose', '-f', 'compose.yaml', 'up', '-d', 'backend');
      stack.devstead('compose', '-f', 'compose.yaml', 'cp', 'backend:/packages', join(stack.project, 'packages'));
      stack.devstead('compose', '-f', 'compose.yaml', 'down', '--volumes');
      copyFileSync(join(here, 'three-tier.bench.yaml'), join(stack.project, 'bench.yaml'));
    },
  },
  {
    title: 'webapp',
    source: 'bench/compose/webapp',
    files: ['compose.yaml'],
    images: {
      python: 'registry.access.redhat.com/ubi9/python-311:latest',
      postgresql: 'registry.redhat.io/rhel9/postgresql-15:latest',
      redis: 'registry.redhat.io/rhel9/redis-7:latest',
    },
    prepare: () => undefined,
  },
];

/** `docker compose` or `devstead compose` with these words. */
type Compose = (...words: readonly string[]) => void;

interface Times {
  readonly cold: number;
  readonly down: number;
  readonly again: number;
}

async function measure(compose: Compose, isSlow: boolean): Promise<Times> {
  const up = (): void => compose('up', '-d', '--wait');
  const cold = await time(up);
  // At the longer interval only the first start is of interest, and docker compose takes minutes for the rest.
  const down = isSlow ? Number.NaN : await time(() => compose('down'));
  const again = isSlow ? Number.NaN : await time(up);
  compose('down', '--volumes', '--timeout', '0');
  return { cold, down, again };
}

function report(title: string, pairs: readonly { readonly own: number; readonly peer: number }[]): void {
  const seconds = (values: readonly number[]): string =>
    [Math.min(...values), median(values), Math.max(...values)].map((ms) => (ms / 1000).toFixed(3)).join(' / ');
  const [own, peer] = [pairs.map((pair) => pair.own), pairs.map((pair) => pair.peer)];
  const ratio = median(pairs.map((pair) => pair.own / pair.peer)).toFixed(3);
  console.log(`${title.padEnd(22)} devstead ${seconds(own)} s   docker compose ${seconds(peer)} s   ratio ${ratio}`);
}

async function compare(project: Project, engine: DockerEngine, program: string, rounds: number): Promise<void> {
  const stack = new BenchStack(project.source);
  try {
    project.prepare(stack);
    for (const [recipe, name] of Object.entries(project.images)) {
      const archive = join(stack.folder, `${recipe}.tar`);
      stack.devstead('image', 'export', recipe, archive);
      engine.load(archive, [name]);
      rmSync(archive);
    }
    for (const interval of ['1s', '5s']) {
      const pairs: { own: Times; peer: Times }[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        // New names each round: what earlier rounds deleted would slow the file system down for both.
        const options = ['-p', `round-${round}`, ...project.files.flatMap((file) => ['-f', file])];
        stack.env['BENCH_INTERVAL'] = interval;
        const env = { ...engine.env(), BENCH_INTERVAL: interval };
        const call = { cwd: stack.project, env, stdio: 'pipe' as const };
        const isSlow = interval === '5s';
        const own = await measure((...words) => stack.devstead('compose', ...options, ...words), isSlow);
        const peer = await measure((...words) => void execFileSync(program, [...options, ...words], call), isSlow);
        // The first round warms the caches of both.
        if (round > 0) pairs.push({ own, peer });
      }
      for (const kind of ['cold', 'again', 'down'] as const) {
        const found = pairs.map(({ own, peer }) => ({ own: own[kind], peer: peer[kind] }));
        if (found.every(({ own }) => !Number.isNaN(own))) report(`${project.title} ${kind}, ${interval}`, found);
      }
    }
  } finally {
    stack.remove();
  }
}

async function run(): Promise<void> {
  const program = findDockerCompose(process.env);
  if (program === undefined)
    return console.log('skipped: no docker compose; DOCKER_COMPOSE names one, CONTRIBUTING.md tells how it is built');
  const rounds = readRounds(10);
  const version = execFileSync(program, ['version', '--short'], { encoding: 'utf8' }).trim();
  // A signal ends the program that is measured as well, and what follows from that ends the rest.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => undefined);
  const engine = await DockerEngine.start();
  try {
    console.log(
      `images present, ${rounds} rounds, docker compose ${version}, Docker Engine ${engine.version()} (min / median / max)`,
    );
    for (const project of projects) await compare(project, engine, program, rounds);
  } finally {
    await engine.stop();
  }
}

await run();
