import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractBench, type ContractSession, devfileOf, type OpenRuntime, tools } from './contract-session.ts';

const devfile = (limits: string): string =>
  devfileOf(
    `${tools('dev', `volumeMounts: [{name: data, path: /data}]${limits === '' ? '' : `, ${limits}`}`)}
${tools('side')}
  - name: data
    volume: {}`,
  );

interface Limits {
  /** Bytes. */
  readonly memory: number;
  /** Thousandths of a processor. */
  readonly cpu: number;
}

/** Files of a control group by their names: of version 2 and, where that is not there, of version 1. */
type ReadGroupFile = (name: string) => string | undefined;

function parseLimits(read: ReadGroupFile): Limits {
  const toNumber = (text: string | undefined): number => Number(text ?? Number.POSITIVE_INFINITY);
  const [quota, period] = read('cpu.max')?.split(' ') ?? [read('cpu.cfs_quota_us'), read('cpu.cfs_period_us')];
  const memory = read('memory.max') ?? read('memory.limit_in_bytes');
  const isNone = memory === 'max' || toNumber(memory) > 2 ** 60;
  const isUnlimited = quota === 'max' || quota === '-1' || quota === undefined;
  return {
    memory: isNone ? Number.POSITIVE_INFINITY : toNumber(memory),
    cpu: isUnlimited ? Number.POSITIVE_INFINITY : (Number(quota) / Number(period)) * 1000,
  };
}

/** The limits of the control groups that a container's first process is in; undefined without groups. */
function readLimits({ workspace }: ContractSession, container: string): Limits | undefined {
  const root = '/sys/fs/cgroup';
  const places = [root, ...(existsSync(root) ? readdirSync(root).map((name) => join(root, name)) : [])];
  const groups = places.map((place) => join(place, 'devstead', workspace.id, container));
  if (!groups.some((group) => existsSync(group))) return undefined;
  const pid = readFileSync(workspace.paths.container(container).pidFile, 'utf8').trim();
  return parseLimits((name) => {
    const group = groups.find((path) => existsSync(join(path, name)));
    if (group === undefined) return undefined;
    const members = readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n');
    return members.includes(pid) ? readFileSync(join(group, name), 'utf8').trim() : undefined;
  });
}

/** Engines show a container its own groups. */
async function askLimits(session: ContractSession, container: string): Promise<Limits> {
  const names = ['cpu.max', 'cpu.cfs_quota_us', 'cpu.cfs_period_us', 'memory.max', 'memory.limit_in_bytes'];
  const places = ['/sys/fs/cgroup', '/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct', '/sys/fs/cgroup/memory'];
  const line = `for n in ${names.join(' ')}; do for p in ${places.join(' ')}; do [ -e $p/$n ] && echo "$n $(cat $p/$n)" && break; done; done; true`;
  const rows = (await session.ask(container, line)).split('\n').map((row) => row.split(/ (.*)/s));
  const found = new Map(rows.map(([name = '', value]) => [name, value]));
  return parseLimits((name) => found.get(name));
}

const take = (mebibytes: number): string[] => ['python3', '-c', `print(len(bytearray(${mebibytes} * 2**20)))`];

/** What a container may use, changed while the workspace runs. */
export function describeResources(openRuntime: OpenRuntime): void {
  describe('resources', () => {
    let bench: ContractBench;
    let session: ContractSession;
    beforeAll(async () => {
      bench = new ContractBench(openRuntime);
      session = await bench.start('resources', devfile('memoryLimit: 128Mi, cpuLimit: 500m'));
      await session.ask('dev', 'echo layer > /var/tmp/kept; echo volume > /data/kept');
    });
    afterAll(() => bench.close());

    it.each([
      ['lowered', 'memoryLimit: 64Mi, cpuLimit: 200m', { memory: 64 * 2 ** 20, cpu: 200 }, false],
      ['raised', 'memoryLimit: 512Mi, cpuLimit: 1500m', { memory: 512 * 2 ** 20, cpu: 1500 }, true],
      ['taken away', '', { memory: Number.POSITIVE_INFINITY, cpu: Number.POSITIVE_INFINITY }, true],
      ['set again', 'memoryLimit: 64Mi', { memory: 64 * 2 ** 20, cpu: Number.POSITIVE_INFINITY }, false],
    ])('can be %s: the container starts anew with its layer and its volumes', async (_what, limits, expected, fits) => {
      const sideStartedAt = (await session.runtime.observe()).containers['side']?.startedAt;
      const { steps } = await session.up(devfile(limits));
      expect(steps.map(({ id }) => id)).toContain('container.start dev');
      expect(await session.ask('dev', 'cat /var/tmp/kept /data/kept')).toBe('layer\nvolume');
      expect((await session.runtime.observe()).containers['side']?.startedAt).toBe(sideStartedAt);
      const found = openRuntime.engine === undefined ? readLimits(session, 'dev') : await askLimits(session, 'dev');
      // Without control groups each process by itself is held to the memory limit, and this is said.
      if ((await session.runtime.listLacks()).includes('processor-limits')) expect(found).toBeUndefined();
      else expect(found).toEqual(expected);
      expect((await session.exec('dev', take(200))).code === 0).toBe(fits);
      expect((await session.up(devfile(limits))).steps).toEqual([]);
    });
  });
}
