import { describe, expect, it } from 'vitest';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import { askPort } from '../src/tcp-port.ts';
import { useHome } from '../src/use-home.ts';

describe('run', () => {
  const home = useHome();
  let cwd = '';

  it('must return a command’s code and output, for a group its default', async () => {
    cwd = home().copyFixture('commands');
    await home().runWell(['up'], { cwd });
    expect(await home().run(['run', 'test'], { cwd })).toMatchObject({ code: 3, stdout: 'unit\n' });
    expect(await home().run(['run', 'integration'], { cwd })).toMatchObject({ code: 0, stdout: 'integration\n' });
  });

  it('must give the variables of container, command and call', async () => {
    const { stdout } = await home().runWell(['run', '--env', 'FROM_CALL=a b', 'show'], { cwd });
    expect(stdout).toBe('container-command-a b-/usr/bin/python3\n');
    expect((await home().runWell(['run', 'show'], { cwd })).stdout).toBe('container-command-unset-/usr/bin/python3\n');
  });

  it('must count the last line’s code, as odo does', async () => {
    expect(await home().run(['run', 'lines'], { cwd })).toMatchObject({ code: 0, stdout: 'went on\n' });
  });

  it('must stop a sequence at the first part that fails', async () => {
    expect(await home().run(['run', 'sequence'], { cwd })).toMatchObject({ code: 3, stdout: 'integration\nunit\n' });
  });

  it('must name the commands there are for one that is not', async () => {
    const { code, stderr } = await home().run(['run', 'unti'], { cwd });
    expect(code).toBe(125);
    expect(stderr).toMatch(/UNKNOWN_COMMAND/);
    expect(stderr).toMatch(/\bunit\b/);
  });

  it('must read what is piped to it', async () => {
    expect((await home().runWell(['exec', 'dev', 'sha1sum'], { cwd, input: 'abc' })).stdout).toMatch(/^a9993e36/);
    expect((await home().runWell(['shell'], { cwd, input: 'echo from a shell; exit 0\n' })).stdout).toBe(
      'from a shell\n',
    );
  });

  it('must publish the debug port while a debug command runs, and say where to attach', async () => {
    const before = takeInventory(home());
    const running = home().start(['run', 'debug'], { cwd });
    await running.waitFor(/attach a debugger to 127\.0\.0\.1:\d+/);
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(running.output)?.[1]);
    await expect.poll(() => askPort(port, 'HEAD / HTTP/1.0\r\n\r\n')).toContain('SimpleHTTP');
    running.child.kill('SIGINT');
    expect((await running.finished).code).not.toBe(125);
    expect(await findRemains(home(), before)).toEqual([]);
  });

  it('must leave nothing running when it is killed', async () => {
    const before = takeInventory(home());
    const running = home().start(['run', 'debug'], { cwd });
    await running.waitFor(/attach a debugger/);
    running.child.kill('SIGKILL');
    await running.finished;
    // What told the command's variables to its container goes with the container's next start.
    const isExpected = (line: string): boolean => /^file .*\/run\/exec-\d+-\d+\.json$/.test(line);
    expect(await findRemains(home(), before, isExpected)).toEqual([]);
  });

  it('must say with 125, which is no command’s own code, that it could not run it', async () => {
    const { code, stderr } = await home().run(['run', 'test'], { cwd: home().makeProject('absent', '') });
    expect(code).toBe(125);
    expect(stderr).toContain('WORKSPACE_NOT_FOUND');
    await home().runWell(['stop'], { cwd });
    const stopped = await home().run(['run', 'test'], { cwd });
    expect(stopped.code).toBe(125);
    expect(stopped.stderr).toContain('WORKSPACE_NOT_RUNNING');
  });
});
