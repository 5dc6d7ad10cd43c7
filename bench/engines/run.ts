/**
 * How long compose projects take on container engines until every service is healthy, images present: examples/three-tier
 * by its production file, and the containers of examples/python-flask-webapp as services; on Docker and on Podman, each of
 * its own for the benchmark. Beside docker compose on the same Docker (1 s between questions of a health check), and
 * beside podman-compose on the same Podman, which starts the containers and waits for none of them. "cold" is from nothing,
 * "again" after a `down` that kept the volumes. Prints minimum, median and maximum, and the median of the ratios pair by
 * pair. The docker compose to compare with is DOCKER_COMPOSE or on PATH; CONTRIBUTING.md tells how it is built.
 * Usage: npm run bench -- engines [rounds] [--engine=docker|podman] [--project=three-tier|webapp]
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { type EngineKind, PrivateEngine } from '../../packages/testing/src/engines/private-engine.ts';
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
import { type BenchStack, readRounds, withStack } from '../stack.ts';
import { PodmanCompose } from './podman-compose.ts';

const interval = '1s';

/** A program on an engine. */
interface Contestant {
  readonly name: string;
  /** Names of those that it is compared with, where they take part. */
  readonly beside: readonly string[];
  /** `options`: the words before the verb, for docker compose and those like it. */
  measure(stack: BenchStack, options: readonly string[]): Promise<Times>;
}

/** An engine of the benchmark's own. */
interface Place {
  readonly version: string;
  readonly contestants: readonly Contestant[];
  load(archive: string, names: readonly string[]): void;
  remove(): Promise<void>;
}

/** `devstead compose` on an engine. */
function measureDevstead(stack: BenchStack, options: readonly string[], engine: NodeJS.ProcessEnv): Promise<Times> {
  Object.assign(stack.env, { DEVSTEAD_RUNTIME: 'container', DOCKER_HOST: engine['DOCKER_HOST'] });
  const compose: Compose = (...words) => stack.devstead('compose', ...options, ...words);
  return measureRound(compose);
}

async function openDocker(dockerCompose: string): Promise<Place> {
  const docker = await DockerEngine.start();
  const version = execFileSync(dockerCompose, ['version', '--short'], { encoding: 'utf8' }).trim();
  return {
    version: `Docker Engine ${docker.version()}, docker compose ${version}`,
    contestants: [
      {
        name: 'devstead on Docker',
        beside: ['docker compose'],
        measure: (stack, options) => measureDevstead(stack, options, docker.env()),
      },
      {
        name: 'docker compose',
        beside: [],
        measure: (stack, options) => {
          const env = { ...docker.env(), BENCH_INTERVAL: interval };
          return measureRound((...words) => {
            execFileSync(dockerCompose, [...options, ...words], { cwd: stack.project, stdio: 'pipe', env });
          });
        },
      },
    ],
    load: (archive, names) => docker.load(archive, names),
    remove: () => docker.stop(),
  };
}

/** An engine that nothing can be compared on goes again. */
async function findPodmanCompose(podman: PrivateEngine): Promise<PodmanCompose | undefined> {
  try {
    return PodmanCompose.find(podman);
  } catch (error) {
    await podman.remove();
    throw error;
  }
}

async function openPodman(): Promise<Place> {
  const podman = await PrivateEngine.start('podman');
  const compose = await findPodmanCompose(podman);
  const peer: Contestant = {
    name: 'podman-compose',
    beside: [],
    measure: (stack, options) => measureRound((...words) => compose?.call([...options, ...words], stack), ['up', '-d']),
  };
  return {
    version: `Podman ${await podman.readVersion()}, ${compose?.version() ?? 'no podman-compose'}`,
    contestants: [
      {
        name: 'devstead on Podman',
        beside: ['docker compose', 'podman-compose'],
        measure: (stack, options) => measureDevstead(stack, options, podman.variables),
      },
      ...(compose === undefined ? [] : [peer]),
    ],
    load: (archive, names) => compose?.load(archive, names),
    remove: () => podman.remove(),
  };
}

type Round = Readonly<Record<string, Times>>;

/** What was made for one project stays until all are measured: see `measureRound`. */
async function measureProjects(
  [project, ...others]: readonly Project[],
  places: readonly Place[],
  rounds: number,
): Promise<void> {
  if (project === undefined) return;
  await withStack(project.source, async (stack) => {
    stack.env['BENCH_INTERVAL'] = interval;
    project.prepare(stack);
    loadImages(project, stack, (archive, names) => {
      for (const place of places) place.load(archive, names);
    });
    const contestants = places.flatMap((place) => place.contestants);
    const found: Round[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      // New names each round, of which nothing is there.
      const options = ['-p', `${project.title}-${round}`, ...project.files.flatMap((file) => ['-f', file])];
      const times: Record<string, Times> = {};
      // What one removed the next pays for, at the file system: each comes first in turn.
      const order = round % 2 === 0 ? contestants : contestants.toReversed();
      for (const one of order) times[one.name] = await one.measure(stack, options);
      // The first round warms the caches of all.
      if (round > 0) found.push(times);
    }
    report(project.title, places, found);
    await measureProjects(others, places, rounds);
  });
}

function report(title: string, places: readonly Place[], rounds: readonly Round[]): void {
  for (const kind of ['cold', 'again', 'down'] as const) {
    const of = (name: string): number[] => rounds.flatMap((round) => round[name]?.[kind] ?? []);
    console.log(`${title} ${kind}`);
    for (const { name, beside } of places.flatMap(({ contestants }) => contestants)) {
      const ratios = beside.flatMap((peer) => {
        const theirs = of(peer);
        return theirs.length === 0 ? [] : [`   beside ${peer} ${describeRatio(of(name), theirs)}`];
      });
      console.log(`  ${name.padEnd(18)} ${describeTimes(of(name))} s${ratios.join('')}`);
    }
  }
}

/** What the words ask for: all, unless one is named. */
function readChoice(): { readonly engines: readonly EngineKind[]; readonly chosen: readonly Project[] } {
  const { values } = parseArgs({
    options: { engine: { type: 'string' }, project: { type: 'string' } },
    allowPositionals: true,
  });
  const engines = (['docker', 'podman'] as const).filter((kind) => kind === (values.engine ?? kind));
  const chosen = projects.filter(({ title }) => title === (values.project ?? title));
  if (engines.length === 0) throw new Error(`no engine ${values.engine}: docker or podman`);
  if (chosen.length === 0) throw new Error(`no project ${values.project}: three-tier or webapp`);
  return { engines, chosen };
}

async function run(): Promise<void> {
  const { engines, chosen } = readChoice();
  const dockerCompose = findDockerCompose(process.env);
  if (dockerCompose === undefined)
    return console.log('skipped: no docker compose; DOCKER_COMPOSE names one, CONTRIBUTING.md tells how it is built');
  const rounds = readRounds(10);
  // A signal ends the program that is measured as well, and what follows from that ends the rest.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => undefined);
  const places: Place[] = [];
  try {
    for (const kind of engines) places.push(await (kind === 'docker' ? openDocker(dockerCompose) : openPodman()));
    console.log(
      `images present, ${rounds} rounds, ${places.map(({ version }) => version).join(', ')} (min / median / max)`,
    );
    await measureProjects(chosen, places, rounds);
  } finally {
    for (const place of places) await place.remove();
  }
}

await run();
