import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRemains, type Inventory, takeInventory } from '../machine-inventory.ts';
import { waitUntil } from '../wait-until.ts';
import {
  ContractBench,
  type ContractSession,
  devfileOf,
  type OpenRuntime,
  shellContainer,
} from './contract-session.ts';

const data = 'volumeMounts: [{name: data, path: /data}]';
const note = (name: string, more = ''): string => `${more}echo ${name} $(date +%s%N) >> /data/journal`;

/** `init` runs before the others, `last` after them, `side` and `apart` when they are applied. */
function devfile(side = 'sleep 1000000', init = note('init', 'sleep 0.2; ')): string {
  return devfileOf(
    `${shellContainer('dev', `${note('dev')}; exec sleep 1000000`, data)}
${shellContainer('init', init, data)}
${shellContainer('last', note('last'), data)}
${shellContainer('side', `${note('side')}; ${side}`, data)}
${shellContainer('apart', 'cd /tmp && exec python3 -m http.server 8000', 'dedicatedPod: true')}
  - name: data
    volume: {}`,
    `commands:
  - {id: prepare, apply: {component: init}}
  - {id: finish, apply: {component: last}}
  - {id: start-side, apply: {component: side}}
  - {id: start-apart, apply: {component: apart}}
events: {preStart: [prepare], postStop: [finish]}`,
  );
}

/** What wrote in the journal, in order. */
async function readJournal(session: ContractSession): Promise<string[]> {
  const { stdout } = await session.shell('dev', 'cat /data/journal');
  const lines = stdout.trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => line.split(' ')[0] ?? '');
}

/** Containers that commands apply. */
export function describeApply(openRuntime: OpenRuntime): void {
  describe('applied containers', () => {
    let bench: ContractBench;
    let session: ContractSession;
    let before: Inventory;
    const states = async (): Promise<Record<string, string | undefined>> => {
      const { containers } = await session.runtime.observe();
      return Object.fromEntries(
        ['dev', 'init', 'last', 'side', 'apart'].map((name) => [name, containers[name]?.state]),
      );
    };
    beforeAll(async () => {
      bench = new ContractBench(openRuntime);
      before = takeInventory(bench.home);
      session = await bench.start('applied', devfile());
    });
    afterAll(() => bench.close());

    it('of preStart run to their end before the others start; the rest waits', async () => {
      await waitUntil('dev began', async () => (await readJournal(session)).includes('dev'));
      expect(await readJournal(session)).toEqual(['init', 'dev']);
      expect(await states()).toEqual({
        dev: 'running',
        init: 'exited',
        last: undefined,
        side: undefined,
        apart: undefined,
      });
      expect((await session.up(devfile())).steps).toEqual([]);
      expect(await readJournal(session)).toEqual(['init', 'dev']);
    });

    it('start with their command, and touch nothing else', async () => {
      const startedAt = (await session.runtime.observe()).containers['dev']?.startedAt;
      await session.apply(devfile(), 'start-apart');
      expect(
        await session.ask(
          'dev',
          'curl -fsS --retry 40 --retry-delay 0 --retry-all-errors -o /dev/null http://apart:8000/ && echo reached',
        ),
      ).toBe('reached');
      expect((await session.apply(devfile(), 'start-apart')).steps).toEqual([]);
      expect((await session.up(devfile())).steps).toEqual([]);
      expect(await session.runtime.observe()).toMatchObject({ isSupervised: true, containers: { dev: { startedAt } } });
    });

    it('are started again when they end by themselves', async () => {
      await session.apply(devfile('sleep 0.5; exit 3'), 'start-side');
      const runs = async (): Promise<number> => (await readJournal(session)).filter((name) => name === 'side').length;
      await waitUntil('it is started again', async () => (await runs()) > 1);
      expect((await session.runtime.observe()).containers['side']?.restarts).toBeGreaterThan(0);
    });

    it('run once more each time where they are to end, from a fresh layer', async () => {
      await session.apply(devfile(), 'prepare');
      await session.apply(devfile(), 'prepare');
      expect((await readJournal(session)).filter((name) => name === 'init')).toHaveLength(3);
      expect(await states()).toMatchObject({ init: 'exited' });
    });

    it('of postStop run to their end after the others, and no other is started by the next start', async () => {
      await session.stop();
      await session.up(devfile());
      await waitUntil('dev began', async () => (await readJournal(session)).at(-1) === 'dev');
      expect((await readJournal(session)).slice(-3)).toEqual(['last', 'init', 'dev']);
      expect(await states()).toEqual({
        dev: 'running',
        init: 'exited',
        last: 'stopped',
        side: 'stopped',
        apart: 'stopped',
      });
    });

    it('fail the start when they end badly, with what they printed', async () => {
      const failing = bench.open('failing');
      const start = failing.up(devfile('sleep 1000000', 'echo no such key >&2; exit 4'));
      await expect(start).rejects.toMatchObject({
        code: 'CONTAINER_FAILED',
        message: 'init ended with code 4',
        details: ['no such key'],
      });
      // It may have been made ahead, and has not been started.
      expect((await failing.runtime.observe()).containers['dev']?.state ?? 'stopped').toBe('stopped');
      await failing.up(devfile());
      await waitUntil('dev began', async () => (await readJournal(failing)).includes('dev'));
    });

    it('are refused where nothing here can apply them', async () => {
      const other = devfile().replace(
        'commands:',
        '  - name: cluster\n    kubernetes: {inlined: x}\ncommands:\n  - {id: deploy, apply: {component: cluster}}',
      );
      await expect(session.apply(other, 'deploy')).rejects.toMatchObject({ code: 'CANNOT_APPLY' });
    });

    it('leave nothing', async () => {
      await bench.home.runWell(['down', '--all', '--volumes', '--no-commands']);
      expect(await findRemains(bench.home, before)).toEqual([]);
    });
  });
}
