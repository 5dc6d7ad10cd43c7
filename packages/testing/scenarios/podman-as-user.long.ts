import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainMissingEngine } from '../src/engines/private-engine.ts';
import { withTun } from '../src/private-machine.ts';
import type { Finished } from '../src/run-devstead.ts';
import { shareImages } from '../src/share-images.ts';
import { explainNoUser, ThrowAwayUser } from '../src/throw-away-user.ts';
import { waitUntil } from '../src/wait-until.ts';

const reason = explainNoUser() ?? explainMissingEngine('podman');
const devfile = `schemaVersion: 2.2.2
metadata: {name: as-user}
components:
  - name: dev
    container: {image: "docker.io/library/redis:7", mountSources: true, command: [sleep], args: [infinity], volumeMounts: [{name: data, path: /data}]}
  - name: data
    volume: {}
`;

/** Processes of a user with these words in their line. */
function findProcesses({ uid }: ThrowAwayUser, words: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8');
        const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return new RegExp(`^Uid:\\t${uid}\\t`, 'm').test(status) && line.includes(words);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Podman of a normal user, without a service of the machine. */
describe.skipIf(reason !== undefined)(
  `Podman of a normal user${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let user: ThrowAwayUser;
    let folder: string;
    const run = (...args: readonly string[]): Promise<Finished> =>
      user.runWell(args, {
        cwd: folder,
        machine: withTun,
        env: { XDG_RUNTIME_DIR: join(user.root, 'run'), DEVSTEAD_RUNTIME: 'container' },
        timeoutMs: 300_000,
      });
    const listServices = (): number[] => findProcesses(user, 'system service');

    beforeAll(async () => {
      user = new ThrowAwayUser();
      await shareImages(user, ['base', 'redis']);
      folder = join(user.root, 'project');
      for (const made of [folder, join(user.root, 'run')]) mkdirSync(made, { mode: 0o700 });
      writeFileSync(join(folder, 'devfile.yaml'), devfile);
      for (const made of [folder, join(user.root, 'run')]) user.giveAway(made);
    });
    afterAll(() => user.remove());

    it('is started by the first command, and found by the next', async () => {
      await run('up');
      // One, which Podman runs as two processes.
      const first = listServices();
      expect(first.length).toBeGreaterThan(0);
      expect((await run('exec', 'dev', '--', 'sh', '-c', 'touch /projects/made /data/made && id -u')).stdout).toBe(
        '0\n',
      );
      expect(listServices()).toEqual(first);
      // The root of a rootless container is the user.
      expect((await user.runProgram(['stat', '-c', '%U', join(folder, 'made')])).stdout).toBe(`${user.name}\n`);
      expect((await run('doctor')).stdout).toContain('podman');
    });

    it('is started again when it was killed, and the containers run on', async () => {
      const startedAt = (await run('exec', 'dev', '--', 'stat', '-c', '%Y', '/proc/1')).stdout;
      for (const pid of listServices()) process.kill(pid, 'SIGKILL');
      expect((await run('exec', 'dev', '--', 'stat', '-c', '%Y', '/proc/1')).stdout).toBe(startedAt);
      expect((await run('status')).stdout).toContain('running');
    });

    it('leaves nothing but its store: it ends when nobody asks any more', async () => {
      await run('down', '--volumes');
      await waitUntil('all of it ends', () => findProcesses(user, 'podman').length === 0, 100_000);
      expect(findProcesses(user, 'conmon')).toEqual([]);
    });
  },
);
