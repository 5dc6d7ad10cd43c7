import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRemains, type Inventory, takeInventory } from '../machine-inventory.ts';
import { ContractBench, devfileOf, type OpenRuntime, tools } from './contract-session.ts';

const volumes = '  - name: data\n    volume: {size: 1Gi}\n  - name: scratch\n    volume: {ephemeral: true}';
const mounts = 'volumeMounts: [{name: data, path: /data}, {name: scratch, path: /scratch}]';
const devfile = devfileOf(`${tools('dev', mounts)}\n${tools('side')}\n${volumes}`);

/** Start, observe, stop, start again, change, remove. */
export function describeLifecycle(openRuntime: OpenRuntime): void {
  describe('lifecycle', () => {
    let bench: ContractBench;
    let before: Inventory;
    beforeAll(() => {
      bench = new ContractBench(openRuntime);
      before = takeInventory(bench.home);
    });
    afterAll(() => bench.close());

    it('observes nothing before the first start', async () => {
      const observed = await bench.open('fresh').runtime.observe();
      expect(observed).toMatchObject({
        isSandboxRunning: false,
        isSupervised: false,
        hasRemains: false,
        containers: {},
        publishedPorts: {},
      });
    });

    it('observes what was started, also from another process', async () => {
      const session = await bench.start('started', devfile);
      const observed = await session.reopen().observe();
      expect(observed).toMatchObject({ isSandboxRunning: true, isSupervised: true, hasRemains: false });
      expect(Object.entries(observed.containers).map(([name, { state, restarts }]) => [name, state, restarts])).toEqual(
        [
          ['dev', 'running', 0],
          ['side', 'running', 0],
        ],
      );
      expect(observed.volumes).toEqual(['data', 'scratch']);
    });

    it('has nothing to do when all is as described', async () => {
      const session = await bench.start('twice', devfile);
      expect((await session.up(devfile)).steps).toEqual([]);
    });

    it('keeps layers and volumes over a stop, and ephemeral volumes not', async () => {
      const session = await bench.start('kept', devfile);
      await session.ask('dev', 'echo layer > /var/tmp/kept; echo volume > /data/kept; echo gone > /scratch/gone');
      await session.stop();
      expect(await session.runtime.observe()).toMatchObject({
        isSandboxRunning: false,
        hasRemains: false,
        containers: { dev: { state: 'stopped' }, side: { state: 'stopped' } },
        volumes: ['data'],
      });
      await session.up(devfile);
      expect(await session.ask('dev', 'cat /var/tmp/kept /data/kept; ls /scratch')).toBe('layer\nvolume');
    });

    it('keeps only named volumes when it is removed, and nothing when they are removed too', async () => {
      const session = await bench.start('removed', devfile);
      await session.ask('dev', 'echo layer > /var/tmp/kept; echo volume > /data/kept');
      await session.down(false);
      expect(await session.runtime.observe()).toMatchObject({ containers: {}, volumes: ['data'] });
      await session.up(devfile);
      expect(await session.ask('dev', 'cat /data/kept; ls /var/tmp')).toBe('volume');
      await session.down(true);
      expect(await session.runtime.observe()).toMatchObject({ isSandboxRunning: false, containers: {}, volumes: [] });
    });

    it('starts a container anew when its description changed, with its layer, and leaves the others alone', async () => {
      const session = await bench.start('changed', devfile);
      await session.ask('dev', 'echo layer > /var/tmp/kept');
      const started = (await session.runtime.observe()).containers['side']?.startedAt;
      const changed = devfileOf(
        `${tools('dev', `${mounts}, env: [{name: MODE, value: changed}]`)}\n${tools('side')}\n${volumes}`,
      );
      await session.up(changed);
      expect(await session.ask('dev', 'echo $MODE; cat /var/tmp/kept')).toBe('changed\nlayer');
      expect((await session.runtime.observe()).containers['side']?.startedAt).toBe(started);
    });

    it('removes a container that is no longer described', async () => {
      const session = await bench.start('fewer', devfile);
      await session.up(devfileOf(`${tools('dev', mounts)}\n${volumes}`));
      expect(Object.keys((await session.runtime.observe()).containers)).toEqual(['dev']);
    });

    it('fills a new volume once, whole, when containers that share it start at the same time', async () => {
      const names = ['a', 'b', 'c', 'd', 'e'];
      const sharing = names.map((name) => tools(name, 'volumeMounts: [{name: etc, path: /etc/alternatives}]'));
      const session = await bench.start('shared', devfileOf([...sharing, '  - name: etc\n    volume: {}'].join('\n')));
      const listing = await session.ask('a', 'ls /etc/alternatives');
      expect(listing).toContain('awk');
      for (const name of names) expect(await session.ask(name, 'ls /etc/alternatives')).toBe(listing);
    });

    it('measures named volumes', async () => {
      const session = await bench.start('measured', devfile);
      await session.ask('dev', 'head -c 3000000 /dev/urandom > /data/big');
      const sizes = await session.runtime.measureVolumes();
      expect(sizes['data']).toBeGreaterThanOrEqual(3_000_000);
      expect(sizes['data']).toBeLessThan(3_300_000);
    });

    it('leaves no process, mount, namespace, control group, port or file', async () => {
      await bench.home.runWell(['down', '--all', '--volumes', '--no-commands']);
      expect(await findRemains(bench.home, before)).toEqual([]);
    });
  });
}
