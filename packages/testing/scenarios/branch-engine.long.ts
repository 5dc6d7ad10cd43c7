import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EngineKind, explainMissingEngine, PrivateEngine } from '../src/engines/private-engine.ts';
import { git } from '../src/git-server.ts';
import { useHome } from '../src/use-home.ts';
import { waitUntil } from '../src/wait-until.ts';

const devfile = `schemaVersion: 2.2.2
metadata: { name: shop }
components:
  - name: dev
    container:
      image: python:3.11
      command: [sh, -c, 'while :; do date +%s%N > /tmp/beat; sleep 0.1; done']
      mountSources: true
      volumeMounts: [{ name: data, path: /data }]
  - { name: data, volume: {} }
`;

/** A branch on an engine begins with what the volumes of the first workspace have. The tests follow each other. */
function describeBranches(kind: EngineKind): void {
  const missing = explainMissingEngine(kind);
  describe.skipIf(missing !== undefined)(`a branch on an engine: ${missing ?? kind}`, () => {
    const home = useHome();
    let engine: PrivateEngine;
    let cwd = '';
    beforeAll(async () => {
      engine = await PrivateEngine.start(kind);
      cwd = home().makeProject('shop', devfile);
      git(cwd, 'init');
      git(cwd, 'add', '.');
      git(cwd, 'commit', '-m', 'First');
      await home().runWell(['up', '--runtime', 'container'], call());
      await shell('head -c 20000000 /dev/urandom > /data/large; echo first > /data/text; chmod 640 /data/text', cwd);
    });
    afterAll(async () => {
      await home().run(['down', '--all', '--volumes', '--force'], call());
      await engine.remove();
    });
    const call = (folder = cwd): { cwd: string; env: Record<string, string> } => ({
      cwd: folder,
      env: { ...engine.variables },
    });
    const shell = async (line: string, folder: string): Promise<string> =>
      (await home().runWell(['exec', 'dev', 'sh', '-c', line], call(folder))).stdout;
    const look = 'cd /data && sha256sum * && stat -c "%n %a %u" *';
    const up = (branch: string): readonly string[] => ['up', '--branch', branch, '--copy-volumes', 'all'];
    const inWorktree = (branch: string): string => join(`${cwd}.worktrees`, branch);
    /** The first workspace's program goes on. */
    const waitForBeats = async (): Promise<void> => {
      // Nothing can be asked of one that stands still.
      const beat = async (): Promise<string> => (await home().run(['exec', 'dev', 'cat', '/tmp/beat'], call())).stdout;
      let before = '';
      await waitUntil('the program goes on', async () => {
        const now = await beat();
        const isOn = before !== '' && now !== '' && now !== before;
        before = now === '' ? before : now;
        return isOn;
      });
    };

    it('must have them whole and of its own, while the first goes on', async () => {
      await home().runWell(up('one'), call());
      expect(await shell(look, inWorktree('one'))).toBe(await shell(look, cwd));
      await shell('echo second > /data/text', inWorktree('one'));
      expect(await shell('cat /data/text', cwd)).toBe('first\n');
      await waitForBeats();
    });

    it('must not begin with half of them, nor leave the first standing still, when it was killed', async () => {
      for (const delayMs of [50, 400, 1000]) {
        const running = home().start(up('two'), call());
        const events = (): string[] => readdirSync(join(home().state, 'workspaces')).filter((id) => id.includes('two'));
        await waitUntil('the branch begins', () => events().length > 0);
        await delay(delayMs);
        running.child.kill('SIGKILL');
        await running.finished;
        await waitForBeats();
      }
      await home().runWell(up('two'), call());
      expect(await shell(look, inWorktree('two'))).toBe(await shell(look, cwd));
    });
  });
}

describeBranches('docker');
describeBranches('podman');
