import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import { createRandom } from '../src/random.ts';
import { useHome } from '../src/use-home.ts';
import { waitUntil } from '../src/wait-until.ts';

const terminal = { rows: 24, columns: 80 };
const isVolume = (line: string): boolean => /\/workspaces\/[^/]+\/(volumes(\/|$)|workspace\.json$)/.test(line);

describe('Ctrl-C during up', () => {
  const home = useHome();

  it('must leave nothing half-made, at whatever moment it comes', async () => {
    const cwd = home().copyFixture('cache-and-tools', 'interrupted');
    const seed = Math.trunc(Date.now() % 1_000_000);
    process.stdout.write(`interrupted up: seed ${seed}\n`);
    const random = createRandom(seed);
    const before = takeInventory(home());
    for (let round = 0; round < 10; round += 1) {
      const afterMs = 60 + round * 45 + random.below(45);
      const running = home().start(['up'], { cwd });
      await delay(afterMs);
      running.child.kill('SIGINT');
      const { code, stderr } = await running.finished;
      expect([0, 130], `${afterMs} ms: ${stderr}`).toContain(code);
      // What comes while the process ends, when all is done and said, changes its code alone.
      if (code === 0 || stderr.includes('ready in')) await home().runWell(['down'], { cwd });
      expect(await findRemains(home(), before, isVolume), `${afterMs} ms`).toEqual([]);
    }
  });

  it('must say 130 and how to go on, at a terminal too', async () => {
    const cwd = home().copyFixture('waiting-prestart', 'typed');
    const before = takeInventory(home());
    const running = home().start(['up'], { cwd, terminal });
    await waitUntil('the command runs', () => existsSync(join(cwd, 'waiting.txt')));
    running.type('\u0003');
    const { code, stdout } = await running.finished;
    expect(code).toBe(130);
    expect(stdout).toContain('INTERRUPTED');
    expect(await findRemains(home(), before, isVolume)).toEqual([]);
  });

  it('must keep data of an earlier run', async () => {
    const cwd = home().copyFixture('waiting-prestart', 'data');
    await home().runWell(['up', '--no-commands'], { cwd });
    await home().runWell(['exec', 'dev', 'sh', '-c', 'echo kept > /data/kept; echo layer > /var/tmp/kept'], { cwd });
    await home().runWell(['stop'], { cwd });
    const running = home().start(['up'], { cwd });
    await waitUntil('the command runs', () => existsSync(join(cwd, 'waiting.txt')));
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(130);
    await home().runWell(['up', '--no-commands'], { cwd });
    const { stdout } = await home().runWell(['exec', 'dev', 'cat', '/data/kept', '/var/tmp/kept'], { cwd });
    expect(stdout).toBe('kept\nlayer\n');
  });

  it('must leave a workspace running that ran before', async () => {
    const cwd = home().copyFixture('waiting-prestart', 'running');
    await home().runWell(['up', '--no-commands'], { cwd });
    const running = home().start(['up'], { cwd });
    await waitUntil('the command runs', () => existsSync(join(cwd, 'waiting.txt')));
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(130);
    await home().runWell(['exec', 'dev', 'true'], { cwd });
  });

  it('must leave the other up at work that it had joined', async () => {
    const cwd = home().copyFixture('waiting-prestart', 'left');
    const first = home().start(['up'], { cwd });
    await waitUntil('the command runs', () => existsSync(join(cwd, 'waiting.txt')));
    const second = home().start(['up'], { cwd });
    await second.waitFor(/joining/);
    second.child.kill('SIGINT');
    expect((await second.finished).code).toBe(130);
    await home().runWell(['exec', 'dev', 'touch', 'go.txt'], { cwd });
    expect((await first.finished).code).toBe(0);
    expect(readdirSync(cwd)).toContain('go.txt');
  });
});
