/**
 * How long compose projects take on container engines until every service is healthy, images present: examples/three-tier
 * by its production file, and the containers of examples/python-flask-webapp as services; on Docker and on Podman, each of
 * its own for the benchmark. Beside docker compose on the same Docker (1 s between questions of a health check), and
 * beside podman-compose on the same Podman, which starts the containers and waits for none of them. "cold" is from nothing,
 * "again" after a `down` that kept the volumes. Prints minimum, median and maximum, and the median of the ratios pair by
 * pair. The docker compose to compare with is DOCKER_COMPOSE or on PATH; CONTRIBUTING.md tells how it is built.
 * Usage: npm run bench -- engines [rounds]
 */
import { execFileSync } from 'node:child_process';
import { PrivateEngine } from '../../packages/testing/src/engines/private-engine.ts';
import { findDockerCompose } from '../../packages/testing/src/find-docker-compose.ts';
import { DockerEngine } from '../compose/docker-engine.ts';
import {
  type Compose,
  describeRatio,
  describeTimes,
  loadImages,
  measureRound,
  type Project,
  projects,
  type Times,
} from '../compose/projects.ts';
import { BenchStack, readRounds } from '../stack.ts';
import { PodmanCompose } from './podman-compose.ts';

const interval = '1s';

interface Round {
  readonly docker: Times;
  readonly dockerCompose: Times;
  readonly podman: Times;
  readonly podmanCompose: Times | undefined;
}

interface Engines {
  readonly docker: DockerEngine;
  readonly podman: PrivateEngine;
  readonly dockerCompose: string;
  /** Undefined where it is not installed. */
  readonly podmanCompose: PodmanCompose | undefined;
}

/** `devstead compose` on an engine. */
function callDevstead(stack: BenchStack, engine: Readonly<Record<string, string | undefined>>): void {
  Object.assign(stack.env, { DEVSTEAD_RUNTIME: 'container', DOCKER_HOST: engine['DOCKER_HOST'] });
}

async function measureProject(project: Project, engines: Engines, rounds: number): Promise<Round[]> {
  const { docker, podman, dockerCompose, podmanCompose } = engines;
  const stack = new BenchStack(project.source);
  stack.env['BENCH_INTERVAL'] = interval;
  try {
    project.prepare(stack);
    loadImages(project, stack, (archive, names) => {
      docker.load(archive, names);
      podmanCompose?.load(archive, names);
    });
    const found: Round[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      // New names each round: what earlier rounds deleted would slow the file system down for everybody.
      const options = ['-p', `round-${round}`, ...project.files.flatMap((file) => ['-f', file])];
      const own: Compose = (...words) => stack.devstead('compose', ...options, ...words);
      const call = { cwd: stack.project, stdio: 'pipe' as const };
      const env = { ...docker.env(), BENCH_INTERVAL: interval };
      callDevstead(stack, docker.env());
      const onDocker = await measureRound(own);
      const peer = await measureRound((...words) => {
        execFileSync(dockerCompose, [...options, ...words], { ...call, env });
      });
      callDevstead(stack, podman.variables);
      const onPodman = await measureRound(own);
      const other =
        podmanCompose &&
        (await measureRound((...words) => podmanCompose.call([...options, ...words], stack), {
          up: ['up', '-d'],
          remove: ['down', '--volumes'],
        }));
      // The first round warms the caches of all.
      if (round > 0) found.push({ docker: onDocker, dockerCompose: peer, podman: onPodman, podmanCompose: other });
    }
    return found;
  } finally {
    stack.remove();
  }
}

function report(title: string, rounds: readonly Round[]): void {
  for (const kind of ['cold', 'again', 'down'] as const) {
    const of = (name: keyof Round): number[] => rounds.flatMap((round) => round[name]?.[kind] ?? []);
    const beside = (own: number[], peer: number[], name: string): string =>
      peer.length === 0 ? '' : `   beside ${name} ${describeRatio(own, peer)}`;
    const [docker, compose, podman, other] = [of('docker'), of('dockerCompose'), of('podman'), of('podmanCompose')];
    console.log(`${title} ${kind}`);
    console.log(`  devstead on Docker  ${describeTimes(docker)} s${beside(docker, compose, 'docker compose')}`);
    console.log(
      `  devstead on Podman  ${describeTimes(podman)} s${beside(podman, compose, 'docker compose')}${beside(podman, other, 'podman-compose')}`,
    );
    console.log(`  docker compose      ${describeTimes(compose)} s`);
    if (other.length > 0) console.log(`  podman-compose      ${describeTimes(other)} s`);
  }
}

async function run(): Promise<void> {
  const dockerCompose = findDockerCompose(process.env);
  if (dockerCompose === undefined)
    return console.log('skipped: no docker compose; DOCKER_COMPOSE names one, CONTRIBUTING.md tells how it is built');
  const rounds = readRounds(10);
  // A signal ends the program that is measured as well, and what follows from that ends the rest.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => undefined);
  const docker = await DockerEngine.start();
  try {
    const podman = await PrivateEngine.start('podman');
    try {
      const podmanCompose = PodmanCompose.find(podman);
      const version = execFileSync(dockerCompose, ['version', '--short'], { encoding: 'utf8' }).trim();
      const peers = `docker compose ${version}, Docker Engine ${docker.version()}, ${podmanCompose?.version() ?? 'no podman-compose'}`;
      console.log(`images present, ${rounds} rounds, ${peers} (min / median / max)`);
      for (const project of projects)
        report(project.title, await measureProject(project, { docker, podman, dockerCompose, podmanCompose }, rounds));
    } finally {
      await podman.remove();
    }
  } finally {
    await docker.stop();
  }
}

await run();
