import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useHome } from '../use-home.ts';
import { type EngineKind, explainMissingEngine, PrivateEngine } from './private-engine.ts';

const devfile = `schemaVersion: 2.2.2
metadata: { name: shop }
components:
  - name: db
    container:
      image: postgres:15
      env: [{ name: POSTGRES_USER, value: shop }, { name: POSTGRES_PASSWORD, value: shop }, { name: POSTGRES_DB, value: shop }]
      endpoints: [{ name: db, targetPort: 5432, exposure: none }]
      volumeMounts: [{ name: data, path: /var/lib/postgresql/data }]
  - { name: data, volume: {} }
  - { name: further, volume: {} }
  - name: dev
    container:
      image: python:3.11
      command: [sleep, infinity]
      mountSources: true
      volumeMounts: [{ name: further, path: /further }]
`;

/** Files of every kind, with all that is to come along. */
const fill = `set -e; cd /further
echo one > a; ln a b; ln -s nowhere c; mkfifo d; mkdir -p e/f; chmod 2750 e; chmod 4711 a; touch -d '2001-02-03 04:05:06.123456789' e/f
printf 'long %0200d' 1 > "$(printf 'n%0200d' 1)"; chmod 1777 .`;
const list = "cd /further && find . -printf '%p %y %m %n %U:%G %l %T@ %s\\n' | sort";

interface MoveResult {
  readonly isMoved: boolean;
  readonly volumes: readonly { readonly name: string; readonly entries: number; readonly bytes: number }[];
}

interface MoveScenario {
  /** The workspace also runs on the engine, for which its images must be loaded. */
  readonly startsThere: boolean;
  /** How often a move is killed, each time later. */
  readonly kills: number;
}

/** A workspace goes from the sandbox to an engine and back, and keeps what it has. The tests follow each other. */
export function describeMove(kind: EngineKind, { startsThere, kills }: MoveScenario): void {
  const missing = explainMissingEngine(kind);
  describe.skipIf(missing !== undefined)(`a workspace that moves: ${missing ?? kind}`, () => {
    const home = useHome();
    let engine: PrivateEngine;
    let cwd = '';
    let before = '';
    beforeAll(async () => {
      engine = await PrivateEngine.start(kind);
    });
    afterAll(async () => {
      await home().run(['down', '--all', '--volumes', '--force'], { env: { ...engine.variables } });
      await engine.remove();
    });

    const call = (): { cwd: string; env: Record<string, string> } => ({ cwd, env: { ...engine.variables } });
    const shell = async (line: string): Promise<string> =>
      (await home().runWell(['exec', 'dev', 'sh', '-c', line], call())).stdout;
    const sql = async (line: string): Promise<string> =>
      (await home().runWell(['exec', 'db', 'psql', '-U', 'shop', '-tAc', line], call())).stdout.trim();
    const move = async (to: string): Promise<MoveResult> =>
      JSON.parse((await home().runWell(['move', '--to', to, '--output', 'json'], call())).stdout) as MoveResult;
    const listEngineVolumes = async (): Promise<number> =>
      ((await engine.ask('/volumes')) as { readonly Volumes: readonly unknown[] | null }).Volumes?.length ?? 0;

    it('must keep its data, wherever it is', async () => {
      cwd = home().makeProject('shop', devfile);
      await home().runWell(['up'], call());
      await sql('create table t as select generate_series(1, 1000) n');
      await shell(fill);
      before = await shell(list);
      const there = await move('container');
      expect(there).toMatchObject({ isMoved: true, volumes: [{ name: 'data' }, { name: 'further', entries: 8 }] });
      expect(await listEngineVolumes()).toBe(2);
      expect(await move('container')).toMatchObject({ isMoved: false, volumes: [] });
      if (startsThere) {
        await home().runWell(['up'], call());
        expect(await sql('select count(*) from t')).toBe('1000');
        await sql('insert into t values (0)');
        // Who owns the sources is whom it runs as there.
        expect((await shell(list)).replaceAll(` ${process.getuid?.()}:0 `, ' 1000:0 ')).toBe(before);
      }
      expect(await move('sandbox')).toMatchObject({ volumes: there.volumes.map(({ name }) => ({ name })) });
      expect(await listEngineVolumes()).toBe(0);
      await home().runWell(['up'], call());
      expect(await sql('select count(*) from t')).toBe(startsThere ? '1001' : '1000');
      expect(await shell(list)).toBe(before);
    });

    it('must not take the place of data that no move left', async () => {
      await home().runWell(['move', '--to', 'container'], call());
      const workspaces = join(home().state, 'workspaces');
      const path = join(workspaces, readdirSync(workspaces)[0] ?? '', 'workspace.json');
      const rest = JSON.parse(readFileSync(path, 'utf8')) as object;
      // As it would be if the state folder had been lost and the workspace begun anew.
      writeFileSync(path, JSON.stringify({ ...rest, runtime: 'sandbox' }));
      const refused = await home().run(['move', '--to', 'container', '--output', 'json'], call());
      expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'MOVE_REFUSED' });
      expect(await listEngineVolumes()).toBe(2);
      writeFileSync(path, JSON.stringify({ ...rest, runtime: 'container' }));
    });

    if (kills === 0) return;
    it('must lose nothing when it is killed at any moment', { timeout: 1_200_000 }, async () => {
      const tally = { sandbox: 0, container: 0 };
      for (let round = 0; round < kills; round += 1) {
        const to = (await isOnEngine()) ? 'sandbox' : 'container';
        const running = home().start(['move', '--to', to], call());
        await Promise.race([running.finished, delay(300 + (round * 5000) / kills)]);
        running.child.kill('SIGKILL');
        await running.finished;
        tally[(await isOnEngine()) ? 'container' : 'sandbox'] += 1;
      }
      expect(tally.sandbox + tally.container).toBe(kills);
      if (await isOnEngine()) await move('sandbox');
      await home().runWell(['up'], call());
      expect(await listEngineVolumes()).toBe(0);
      expect(await sql('select count(*) from t')).toBe(startsThere ? '1001' : '1000');
      expect(await shell(list)).toBe(before);
    });

    async function isOnEngine(): Promise<boolean> {
      const { stdout } = await home().run(['status', '--output', 'json'], call());
      return (JSON.parse(stdout) as { readonly runtime: string }).runtime === 'container';
    }
  });
}
