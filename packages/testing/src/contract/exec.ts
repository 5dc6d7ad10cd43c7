import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../wait-until.ts';
import {
  ContractBench,
  type ContractSession,
  devfileOf,
  gather,
  type OpenRuntime,
  tools,
  waitForExit,
} from './contract-session.ts';

const env = 'env: [{name: GREETING, value: "good morning, $USER"}]';

/** Commands in containers: codes, streams, variables, folder, user, signals. */
export function describeExec(openRuntime: OpenRuntime): void {
  describe('exec', () => {
    let bench: ContractBench;
    let session: ContractSession;
    beforeAll(async () => {
      bench = new ContractBench(openRuntime);
      session = await bench.start('exec', devfileOf(tools('dev', env)));
    });
    afterAll(() => bench.close());

    it.each([
      ['the code of a command', 'exit 7', 7],
      ['0 for success', 'true', 0],
      ['128 + the signal that ended a command', 'kill -TERM $$', 143],
    ])('returns %s', async (_what, line, code) => {
      expect((await session.shell('dev', line)).code).toBe(code);
    });

    it('returns a code other than 0 for a program that is not there', async () => {
      const { code, stderr } = await session.exec('dev', ['no-such-program']);
      expect([126, 127]).toContain(code);
      expect(stderr).toContain('no-such-program');
    });

    it('keeps the two output streams apart', async () => {
      expect(await session.shell('dev', 'echo out; echo err >&2')).toEqual({
        code: 0,
        stdout: 'out\n',
        stderr: 'err\n',
      });
    });

    it('carries input of any bytes and its end', async () => {
      const input = randomBytes(3_000_000);
      const { stdout } = await session.exec('dev', ['sha256sum'], { input });
      expect(stdout.slice(0, 64)).toBe(createHash('sha256').update(input).digest('hex'));
    });

    it('gives the variables of the environment and of the call, and none of the machine’s', async () => {
      const { stdout } = await session.exec('dev', ['env'], { env: [{ name: 'EXTRA', value: 'a=b c' }] });
      const lines = stdout.split('\n');
      expect(lines).toContain('GREETING=good morning, $USER');
      expect(lines).toContain('EXTRA=a=b c');
      expect(lines).toContain('PROJECT_SOURCE=/projects');
      expect(lines.filter((line) => /^(DEVSTEAD|VITEST|npm_|OLDPWD)/.test(line))).toEqual([]);
    });

    it('starts in the sources, or where it is told to', async () => {
      expect((await session.exec('dev', ['pwd'])).stdout).toBe('/projects\n');
      expect((await session.exec('dev', ['pwd'], { workingDir: '/usr/lib' })).stdout).toBe('/usr/lib\n');
    });

    it('runs as the image’s user', async () => {
      expect(await session.ask('dev', 'id -u; id -g; id -G')).toBe('1000\n0\n0');
    });

    it.each(['SIGTERM', 'SIGINT'] as const)('passes %s on to the command and all its children', async (signal) => {
      const child = session.runtime.exec({
        container: 'dev',
        argv: ['bash', '-c', `trap 'echo caught; exit 9' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`],
        hasTerminal: false,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const output = gather(child);
      const ended = waitForExit(child);
      await waitUntil('ready', () => output.stdout.includes('ready'));
      child.kill(signal);
      expect(await ended).toBe(9);
      expect(output.stdout).toContain('caught');
    });

    it('ends the command when the caller is killed', async () => {
      const argv = ['sleep', '1234567'];
      const child = session.runtime.exec({ container: 'dev', argv, hasTerminal: false, stdio: 'ignore' });
      const isRunning = async (): Promise<boolean> =>
        (await session.ask('dev', 'grep -l 123456[7] /proc/[0-9]*/cmdline | wc -l')) !== '0';
      await waitUntil('the command runs', isRunning);
      child.kill('SIGKILL');
      await expect.poll(isRunning).toBe(false);
    });

    it.each([
      [
        'all that heeds a request, each asked once',
        'trap "echo asked" TERM; sleep 60 & echo ready; wait; wait',
        'asked\n',
        false,
      ],
      ['by force what does not heed it', 'trap "" TERM; sleep 60 & echo ready; sleep 60', '', true],
      ['what left its process group', 'setsid sh -c "trap \'\' TERM; echo ready; sleep 60; true" & sleep 60', '', true],
    ])('ends %s', async (_what, line, said, wasForced) => {
      const argv = ['bash', '-c', line];
      const child = session.runtime.exec({
        container: 'dev',
        argv,
        hasTerminal: false,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const output = gather(child);
      const ended = waitForExit(child);
      await waitUntil('ready', () => output.stdout.includes('ready'));
      expect(await session.runtime.endExec(child, 1000)).toBe(wasForced);
      expect(await session.ask('dev', 'cat /proc/[0-9]*/cmdline | tr "\\0" " " | grep -c "sleep 6[0]" || true')).toBe(
        '0',
      );
      await ended;
      expect(output.stdout).toBe(`ready\n${said}`);
    });

    it('says which container is not there', () => {
      const start = () =>
        session.runtime.exec({ container: 'nobody', argv: ['true'], hasTerminal: false, stdio: 'ignore' });
      expect(start).toThrowError(expect.objectContaining({ code: 'UNKNOWN_CONTAINER' }));
    });

    it('says that a workspace is not running', () => {
      const start = () =>
        bench.open('asleep').runtime.exec({ container: 'dev', argv: ['true'], hasTerminal: false, stdio: 'ignore' });
      expect(start).toThrowError(expect.objectContaining({ code: 'WORKSPACE_NOT_RUNNING' }));
    });
  });
}
