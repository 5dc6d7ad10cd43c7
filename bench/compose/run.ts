/**
 * How long compose projects take until every service is healthy, images present: examples/three-tier by its production
 * file, and the containers of examples/python-flask-webapp as services; beside docker compose on a Docker Engine of its
 * own, with the same images and the same files. "cold" is from nothing, "again" after a `down` that kept the volumes; `down`
 * has the time that each service has by default. Prints minimum, median and maximum, and the median of the ratios pair
 * by pair. The docker compose to compare with is DOCKER_COMPOSE or on PATH; CONTRIBUTING.md tells how it is built.
 * Usage: npm run bench -- compose [rounds]
 */
import { execFileSync } from 'node:child_process';
import { findDockerCompose } from '../../packages/testing/src/find-docker-compose.ts';
import { readRounds, time, withStack } from '../stack.ts';
import { DockerEngine } from './docker-engine.ts';
import {
  type Compose,
  describeRatio,
  describeTimes,
  loadImages,
  measureRound,
  type Project,
  projects,
  type Times,
} from './projects.ts';

/** At the longer interval only the first start is of interest, and docker compose takes minutes for the rest. */
async function measureSlow(compose: Compose): Promise<Times> {
  const cold = await time(() => compose('up', '-d', '--wait'));
  compose('down', '--timeout', '0');
  return { cold, down: Number.NaN, again: Number.NaN };
}

function report(title: string, pairs: readonly { readonly own: number; readonly peer: number }[]): void {
  const [own, peer] = [pairs.map((pair) => pair.own), pairs.map((pair) => pair.peer)];
  const times = `devstead ${describeTimes(own)} s   docker compose ${describeTimes(peer)} s`;
  console.log(`${title.padEnd(22)} ${times}   ratio ${describeRatio(own, peer)}`);
}

function compare(project: Project, engine: DockerEngine, program: string, rounds: number): Promise<void> {
  return withStack(project.source, async (stack) => {
    project.prepare(stack);
    loadImages(project, stack, (archive, names) => engine.load(archive, names));
    for (const interval of ['1s', '5s']) {
      const pairs: { own: Times; peer: Times }[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        // New names each round, of which nothing is there.
        const options = [
          '-p',
          `${project.title}-${interval}-${round}`,
          ...project.files.flatMap((file) => ['-f', file]),
        ];
        stack.env['BENCH_INTERVAL'] = interval;
        const env = { ...engine.env(), BENCH_INTERVAL: interval };
        const call = { cwd: stack.project, env, stdio: 'pipe' as const };
        const measure = interval === '5s' ? measureSlow : measureRound;
        const own = await measure((...words) => stack.devstead('compose', ...options, ...words));
        const peer = await measure((...words) => void execFileSync(program, [...options, ...words], call));
        // The first round warms the caches of both.
        if (round > 0) pairs.push({ own, peer });
      }
      for (const kind of ['cold', 'again', 'down'] as const) {
        const found = pairs.map(({ own, peer }) => ({ own: own[kind], peer: peer[kind] }));
        if (found.every(({ own }) => !Number.isNaN(own))) report(`${project.title} ${kind}, ${interval}`, found);
      }
    }
  });
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
