import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import { useHome } from '../src/use-home.ts';

const terminal = { rows: 31, columns: 97 };

describe('a command at a terminal', () => {
  const home = useHome();
  let cwd = '';

  it('must see a terminal of the caller’s size, and its variables', async () => {
    cwd = home().copyFixture('commands');
    await home().runWell(['up'], { cwd });
    const line = 'test -t 0 && test -t 1 && stty size && echo "$TERM $FROM_CONTAINER $PWD"';
    const { code, stdout } = await home().run(['exec', 'dev', 'bash', '-c', line], { cwd, terminal });
    expect(code).toBe(0);
    expect(stdout.replaceAll('\r', '')).toBe('31 97\nxterm container /projects\n');
  });

  it('must return its exit code', async () => {
    expect((await home().run(['exec', 'dev', 'sh', '-c', 'exit 42'], { cwd, terminal })).code).toBe(42);
    expect((await home().run(['run', 'test'], { cwd, terminal })).code).toBe(3);
  });

  it('must get Ctrl-C, and devstead must return what it makes of it', async () => {
    const line = 'trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.05; done';
    const running = home().start(['exec', 'dev', 'bash', '-c', line], { cwd, terminal });
    await running.waitFor('ready');
    running.type('\u0003');
    const { code, stdout } = await running.finished;
    expect(stdout).toContain('caught');
    expect(code).toBe(9);
  });

  it('must see when the terminal’s size changes', async () => {
    const line = 'trap "stty size" WINCH; echo ready; while :; do sleep 0.05; done';
    const signal = join(home().root, 'resize');
    writeFileSync(signal, '');
    // The caller's terminal changes as soon as the file has something in it.
    const change = '(until [ -s "$0" ]; do sleep 0.05; done; stty -F /dev/tty rows 11 cols 44) & "$@"';
    const running = home().start(['exec', 'dev', 'bash', '-c', line], {
      cwd,
      terminal,
      prefix: ['sh', '-c', change, signal],
    });
    await running.waitFor('ready');
    writeFileSync(signal, 'now');
    await running.waitFor('11 44');
    running.type('\u0003');
    expect((await running.finished).code).toBe(130);
  });

  it('must be a shell that works line by line', async () => {
    const running = home().start(['shell'], { cwd, terminal });
    await running.waitFor(/[$#] /);
    running.type('echo $((40 + 2)) && cd /usr && pwd\n');
    await running.waitFor(/42\r?\n\/usr/);
    running.type('exit 5\n');
    expect((await running.finished).code).toBe(5);
  });

  it('must end when the terminal goes away', async () => {
    const before = takeInventory(home());
    const running = home().start(['exec', 'dev', 'bash', '-c', 'echo ready; sleep 4321'], { cwd, terminal });
    await running.waitFor('ready');
    running.child.kill('SIGKILL');
    await running.finished;
    expect(await findRemains(home(), before)).toEqual([]);
  });
});
