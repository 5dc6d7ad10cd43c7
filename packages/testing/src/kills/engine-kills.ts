import { connect } from 'node:net';
import type { EngineKind } from '../engines/private-engine.ts';
import { countProcesses, takeInventory } from '../machine-inventory.ts';
import { firstScenarioPort, type ScenarioHome } from '../scenario-home.ts';
import type { KilledWorkspace, KillSubject } from './kill-subject.ts';

/** What is there after a round's second `up`. */
export interface EngineWorkspaceFound {
  /** Keys of this and all earlier rounds that the store still has. */
  readonly keys: number;
  /** The last line of a file in the volume. */
  readonly lastRound: number;
  /** What the published port answers. */
  readonly published: string;
  /** One service reaches the other by its name. */
  readonly reaches: boolean;
  /** Numbers of processes: the supervisor, and what carries connections to the index. */
  readonly supervisors: number;
}

const services = ['store', 'gate'];

/** Services of a compose project on an engine: one waits for the other, data in a named volume, two networks. */
export function engineWorkspace(kind: EngineKind): KilledWorkspace<EngineWorkspaceFound> {
  return {
    name: `a compose project on ${kind}`,
    engine: kind,
    steps: {
      up: [
        'sandbox.start',
        ...services.flatMap((name) => [`container.start ${name}`, `container.ready ${name}`]),
        'container.create gate',
        'index.connect',
        'ports.publish',
      ],
      stop: ['supervisor.stop', ...services.map((name) => `container.stop ${name}`), 'sandbox.stop'],
      downWithinMs: 1500,
    },
    open: openProject,
  };
}

function openProject(home: ScenarioHome): KillSubject<EngineWorkspaceFound> {
  const folder = home.copyFixture('engine-kills');
  const port = firstScenarioPort + 700;
  const env = { GATE_PORT: String(port) };
  const inside = async (service: string, line: string): Promise<string> =>
    (await home.runWell(['exec', service, 'sh', '-c', line], { cwd: folder, env })).stdout.trim();
  return {
    folder,
    env,
    // The images are given to the engine once.
    prepare: async () => {
      await home.runWell(['up'], { cwd: folder, env, timeoutMs: 240_000 });
      await home.runWell(['down', '--volumes'], { cwd: folder, env });
    },
    write: async (round) => {
      // SAVE returns when the data is on disk: what a database was not asked to keep may be lost with it.
      const words = `redis-cli SET round:${round} kept && redis-cli SAVE && echo ${round} >> /data/rounds`;
      await inside('store', `${words} && sync /data/rounds`);
    },
    look: async (round) => {
      const questions = `seq 1 ${round} | xargs -I@ redis-cli GET round:@ | grep -c kept; tail -n 1 /data/rounds`;
      const [keys, lastRound] = (await inside('store', questions)).split('\n');
      return {
        keys: Number(keys),
        lastRound: Number(lastRound),
        published: await ping(port),
        reaches: (await inside('gate', 'redis-cli -h store PING')) === 'PONG',
        supervisors: countProcesses(takeInventory(home), 'supervisor/main.mjs'),
      };
    },
    expected: (round) => ({ keys: round, lastRound: round, published: '+PONG', reaches: true, supervisors: 2 }),
    isKept: (line) => /^file state\/workspaces\/[^/]+\/workspace\.json$/.test(line) || line === 'volume data',
  };
}

/** What a Redis server of the machine answers to a PING. */
function ping(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 20_000 });
    let said = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('\n')) socket.destroy();
    });
    for (const event of ['timeout', 'error'] as const) socket.on(event, () => socket.destroy());
    socket.on('close', () => resolve(said.trim()));
    socket.write('PING\r\n');
  });
}
