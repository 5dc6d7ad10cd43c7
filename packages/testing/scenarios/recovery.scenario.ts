import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRemains, type Inventory, takeInventory } from '../src/machine-inventory.ts';
import type { ScenarioHome } from '../src/scenario-home.ts';
import { useHome } from '../src/use-home.ts';

/** What a crash of the machine does to a workspace: every process ends, nothing else is touched. */
function killEverything(home: ScenarioHome): void {
  const pids = (inventory: Inventory): number[] =>
    [...inventory].flatMap((line) => {
      const pid = /^process (\d+) /.exec(line)?.[1];
      return pid === undefined ? [] : [Number(pid)];
    });
  for (let left = pids(takeInventory(home)); left.length > 0; left = pids(takeInventory(home))) {
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended with another one.
      }
    }
  }
}

function workspaceFile(home: ScenarioHome, name: string, file: string): string {
  const id = readdirSync(join(home.state, 'workspaces')).find((entry) => entry.startsWith(`${name}-`));
  return join(home.state, 'workspaces', id ?? '', file);
}

describe('after a crash', () => {
  const home = useHome();

  it('down must remove everything when all processes were killed', async () => {
    const cwd = home().copyFixture('cache-and-tools', 'crashed');
    const before = takeInventory(home());
    await home().runWell(['up'], { cwd });
    killEverything(home());
    await home().runWell(['down', '--volumes'], { cwd });
    expect(await findRemains(home(), before)).toEqual([]);
  });

  it('up must bring back a workspace with its data', async () => {
    const cwd = home().copyFixture('cache-and-tools', 'crashed-up');
    await home().runWell(['up'], { cwd });
    await home().runWell(['exec', 'redis', 'sh', '-c', 'redis-cli SET key kept && redis-cli SAVE'], { cwd });
    await home().runWell(['exec', 'tools', 'sh', '-c', 'echo layer > /var/tmp/kept && sync /var/tmp/kept'], { cwd });
    killEverything(home());
    const status = JSON.parse((await home().run(['status', '-o', 'json'], { cwd })).stdout) as { state: string };
    expect(status.state).toBe('stopped');
    await home().runWell(['up'], { cwd });
    expect((await home().runWell(['exec', 'redis', 'redis-cli', 'GET', 'key'], { cwd })).stdout).toBe('kept\n');
    expect((await home().runWell(['exec', 'tools', 'cat', '/var/tmp/kept'], { cwd })).stdout).toBe('layer\n');
    await home().runWell(['down', '--volumes'], { cwd });
  });

  it('up must mend a container, a network or a supervisor that is gone', async () => {
    const cwd = home().copyFixture('cache-and-tools', 'cache-gone');
    await home().runWell(['up'], { cwd });
    for (const part of ['redis-server', 'slirp4netns', '/supervisor/']) {
      for (const line of takeInventory(home())) {
        if (line.startsWith('process ') && line.includes(part)) process.kill(Number(/\d+/.exec(line)?.[0]), 'SIGKILL');
      }
      await home().runWell(['up'], { cwd });
      const lines = [...takeInventory(home())].filter((line) => line.startsWith('process '));
      expect(
        lines.filter((line) => line.includes(': slirp4netns')),
        part,
      ).toHaveLength(1);
      expect(
        lines.filter((line) => line.includes('supervisor/main.mjs')),
        part,
      ).toHaveLength(1);
      expect((await home().runWell(['exec', 'redis', 'redis-cli', 'PING'], { cwd })).stdout).toBe('PONG\n');
    }
    await home().runWell(['down', '--volumes'], { cwd });
  });

  it.each(['sandbox.json', 'environment.json', 'containers/tools/made.json', 'events.jsonl'])(
    'down must remove a running workspace whose %s is damaged',
    async (file) => {
      const cwd = home().copyFixture('cache-and-tools', `damaged-${file.replaceAll(/\W/g, '-')}`);
      const before = takeInventory(home());
      await home().runWell(['up'], { cwd });
      const path = workspaceFile(home(), 'cache-and-tools', file);
      writeFileSync(path, readFileSync(path, 'utf8').slice(0, 40));
      const { code, stdout, stderr } = await home().run(['down', '--volumes'], { cwd });
      expect(code, stderr).toBe(0);
      expect(stdout).toContain('is removed');
      expect(existsSync(path)).toBe(false);
      expect(await findRemains(home(), before)).toEqual([]);
    },
  );

  it('one damaged workspace must not hide the others', async () => {
    const good = home().copyFixture('redis', 'good');
    const bad = home().copyFixture('redis', 'bad');
    await home().runWell(['up', '--name', 'good'], { cwd: good });
    await home().runWell(['up', '--name', 'bad'], { cwd: bad });
    writeFileSync(workspaceFile(home(), 'bad', 'workspace.json'), '{"format"');
    expect((await home().run(['exec', 'redis', 'redis-cli', 'PING'], { cwd: good })).stdout).toBe('PONG\n');
    const list = JSON.parse((await home().runWell(['list', '-o', 'json'])).stdout) as {
      workspaces: { name: string }[];
    };
    expect(list.workspaces.map(({ name }) => name)).toEqual(expect.arrayContaining(['good', 'bad']));
    await home().runWell(['up', '--name', 'bad'], { cwd: bad });
    writeFileSync(workspaceFile(home(), 'bad', 'environment.json'), '{');
    await home().runWell(['list']);
    await home().runWell(['up', '--name', 'bad'], { cwd: bad });
    writeFileSync(workspaceFile(home(), 'bad', 'workspace.json'), '');
    const { code, stderr } = await home().run(['down', '--all', '--volumes'], {});
    expect(code, stderr).toBe(0);
  });

  it('a workspace of a newer version must be refused and left alone', async () => {
    const cwd = home().copyFixture('redis', 'newer');
    await home().runWell(['up', '--name', 'newer'], { cwd });
    const path = workspaceFile(home(), 'newer', 'workspace.json');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"format": 1', '"format": 99'));
    const { code, stderr } = await home().run(['up', '--name', 'newer'], { cwd });
    expect(code).toBe(4);
    expect(stderr).toContain('STATE_TOO_NEW');
    writeFileSync(path, text);
    expect((await home().runWell(['exec', '--name', 'newer', 'redis', 'redis-cli', 'PING'], { cwd })).stdout).toBe(
      'PONG\n',
    );
  });
});
