import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GitServer, git } from '../git-server.ts';
import { countProcesses, takeInventory } from '../machine-inventory.ts';
import type { ScenarioHome } from '../scenario-home.ts';
import type { KilledWorkspace, KillSubject } from './kill-subject.ts';

/** What is there after a round's second `up`. */
export interface CacheAndTools {
  /** Keys of this and all earlier rounds that the database still has. */
  readonly keys: number;
  /** The last line of a file in the volume. */
  readonly lastRound: number;
  /** The containers reach other networks. */
  readonly hasRoute: boolean;
  /** A container with a network of its own is reached by its name. */
  readonly reaches: boolean;
  /** Numbers of processes. */
  readonly supervisors: number;
  readonly networks: number;
  readonly servers: number;
  readonly containers: number;
  /** The project is there with all its files, as it was committed. */
  readonly hasSources: boolean;
}

/** Files of the project: enough that fetching them takes a moment. */
const sourceFiles = Object.fromEntries(
  Array.from({ length: 300 }, (_, number) => [`src/${number}.py`, `${number}\n`.repeat(400)]),
);

/** A devfile with data in a named volume, a container with a network of its own, and a project fetched over https. */
export const cacheAndTools: KilledWorkspace<CacheAndTools> = {
  name: 'containers of a devfile',
  steps: {
    up: [
      'project.clone shop',
      'sandbox.start',
      'network.connect',
      'index.connect',
      'network.connect apart',
      'container.start tools',
      'container.start redis',
      'container.start apart',
      'container.ready tools',
      'container.ready redis',
      'container.ready apart',
      'ports.publish',
      'command.run preStart 1 prepare',
      'event.finish preStart',
      'command.run postStart 1 greet',
      'event.finish postStart',
    ],
    stop: [
      'command.run preStop 1 say-goodbye',
      'supervisor.stop',
      'container.stop tools',
      'container.stop redis',
      'container.stop apart',
      'sandbox.stop',
    ],
    downWithinMs: 400,
  },
  open: openCacheAndTools,
};

async function openCacheAndTools(home: ScenarioHome): Promise<KillSubject<CacheAndTools>> {
  const server = await GitServer.start(join(home.root, 'served'));
  server.addRepository('shop', { ...sourceFiles, '.gitignore': '*.txt\n' });
  const folder = home.copyFixture('cache-and-tools');
  const address = server.repository('shop');
  const devfile = join(folder, 'devfile.yaml');
  const apart = '  - name: apart\n    container: {image: docker.io/library/redis:7, dedicatedPod: true}\n';
  writeFileSync(devfile, readFileSync(devfile, 'utf8').replace('components:\n', `components:\n${apart}`));
  appendFileSync(devfile, `projects:\n  - name: shop\n    git:\n      remotes:\n        origin: ${address}\n`);
  const env = { GIT_SSL_CAINFO: server.certificate };
  const inside = async (line: string): Promise<string> =>
    (await home.runWell(['exec', 'redis', 'sh', '-c', line], { cwd: folder, env })).stdout;
  return {
    folder,
    env,
    write: async (round) => {
      // SAVE returns when the data is on disk: what a database was not asked to keep may be lost with it.
      await inside(
        `redis-cli SET round:${round} kept && redis-cli SAVE && echo ${round} >> /data/rounds && sync /data/rounds`,
      );
    },
    beforeStep: (step) => {
      const sources = findSources(home);
      if (step.startsWith('project.clone') && sources !== undefined) rmSync(sources, { recursive: true, force: true });
    },
    look: async (round) => {
      const questions = [
        `seq 1 ${round} | xargs -I@ redis-cli GET round:@ | grep -c kept`,
        'tail -n 1 /data/rounds',
        'grep -q tap0 /proc/net/route && echo route',
        'redis-cli -h apart PING',
      ];
      const [keys, lastRound, route, answer] = (await inside(questions.join('; '))).split('\n');
      const now = takeInventory(home);
      return {
        keys: Number(keys),
        lastRound: Number(lastRound),
        hasRoute: route === 'route',
        reaches: answer === 'PONG',
        supervisors: countProcesses(now, 'supervisor/main.mjs'),
        networks: countProcesses(now, ': slirp4netns'),
        servers: countProcesses(now, ': redis-server'),
        containers: countProcesses(now, ': conmon'),
        hasSources: hasSources(home),
      };
    },
    expected: (round) => ({
      keys: round,
      lastRound: round,
      hasRoute: true,
      reaches: true,
      supervisors: 1,
      networks: 2,
      servers: 2,
      containers: 3,
      hasSources: true,
    }),
    // Volumes, fetched projects and the record that says whose they are stay through a `down`.
    isKept: (line) => /^file state\/workspaces\/[^/]+\/(volumes\/|projects\/|workspace\.json$)/.test(line),
    close: () => server.stop(),
  };
}

/** The folder that containers see as the sources' root; undefined before the first `up`. */
function findSources({ state }: ScenarioHome): string | undefined {
  const workspaces = join(state, 'workspaces');
  const [id] = existsSync(workspaces) ? readdirSync(workspaces) : [];
  return id === undefined ? undefined : join(workspaces, id, 'projects');
}

function hasSources(home: ScenarioHome): boolean {
  const shop = join(findSources(home) ?? '', 'shop');
  const isWhole = existsSync(shop) && git(shop, 'status', '--porcelain') === '';
  return isWhole && readdirSync(join(shop, 'src')).length === Object.keys(sourceFiles).length;
}
