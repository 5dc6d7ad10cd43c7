import { countProcesses, takeInventory } from '../machine-inventory.ts';
import type { ScenarioHome } from '../scenario-home.ts';
import { ThreeTier } from '../three-tier.ts';
import type { KilledWorkspace, KillSubject } from './kill-subject.ts';

/** What is there after a round's second `up`. */
export interface ThreeTierFound {
  /** Visitors of this and all earlier rounds that the database still has. */
  readonly visitors: number;
  /** What `/health` answers through all three tiers. */
  readonly health: string | undefined;
  /** The names by which each tier reaches the one behind it. */
  readonly names: string;
  /** Numbers of processes. */
  readonly supervisors: number;
  readonly networks: number;
  readonly relays: number;
  readonly containers: number;
}

const services = ['frontend', 'backend', 'db'];

/** The example in three tiers: networks of its own, health checks that wait for each other, data in PostgreSQL. */
export const threeTier: KilledWorkspace<ThreeTierFound> = {
  name: 'the three tiers',
  steps: {
    up: [
      'sandbox.start',
      ...services.map((name) => `network.connect ${name}`),
      ...services.flatMap((name) => [`container.start ${name}`, `container.ready ${name}`]),
      // They wait for others.
      'container.create frontend',
      'container.create backend',
      'index.connect',
      'ports.publish',
    ],
    stop: ['supervisor.stop', ...services.map((name) => `container.stop ${name}`), 'sandbox.stop'],
    downWithinMs: 400,
  },
  open: openThreeTier,
};

function openThreeTier(home: ScenarioHome): KillSubject<ThreeTierFound> {
  const app = new ThreeTier(home);
  const call = { cwd: app.folder };
  const inside = async (service: string, line: string): Promise<string> =>
    (await home.runWell(['exec', service, 'sh', '-c', line], call)).stdout;
  return {
    folder: app.folder,
    env: {},
    prepare: async () => {
      // Installs the backend's packages, which stay in their volume.
      await home.runWell(['up'], { ...call, timeoutMs: 240_000 });
      await home.runWell(['down'], call);
    },
    write: async (round) => {
      const { status } = await app.addVisitor(`round ${round}`);
      if (status !== 201) throw new Error(`the visitor of round ${round} was refused (${status})`);
    },
    look: async (round) => {
      const { status: health } = await app.askHealth();
      const rounds = Array.from({ length: round }, (_, index) => `'round ${index + 1}'`).join(', ');
      const question = `select count(distinct name) from visitors where name in (${rounds})`;
      const names = [await inside('frontend', 'getent hosts backend'), await inside('backend', 'getent hosts db')];
      const now = takeInventory(home);
      return {
        visitors: Number(await inside('db', `psql -U visitors -d visitors -tAc "${question}"`)),
        health,
        names: names.map((line) => line.trim().split(/\s+/).slice(1).join(' ')).join(', '),
        supervisors: countProcesses(now, 'supervisor/main.mjs'),
        networks: countProcesses(now, ': slirp4netns'),
        relays: countProcesses(now, 'index-relay.pl'),
        containers: countProcesses(now, ': conmon'),
      };
    },
    expected: (round) => ({
      visitors: round,
      health: 'healthy',
      names: 'backend, db',
      supervisors: 1,
      networks: services.length,
      // One inside, one outside.
      relays: 2,
      containers: services.length,
    }),
    isKept: (line) => /^file state\/workspaces\/[^/]+\/(volumes\/|workspace\.json$)/.test(line),
  };
}
