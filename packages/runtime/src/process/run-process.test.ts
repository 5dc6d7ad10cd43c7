import { describe, expect, it } from 'vitest';
import { exitCodeOf, runOrThrow, runProcess, systemPath } from './run-process.ts';

describe('running a program', () => {
  it('gives its code and what it printed', async () => {
    expect(await runProcess(['sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('counts signals as shells do', async () => {
    expect((await runProcess(['sh', '-c', 'kill -KILL $$'])).code).toBe(137);
    expect([exitCodeOf(7, null), exitCodeOf(null, 'SIGTERM'), exitCodeOf(0, null)]).toEqual([7, 143, 0]);
  });

  it('gives it nothing of this environment', async () => {
    const { stdout } = await runProcess(['env']);
    expect(stdout).toBe(`PATH=${systemPath}\n`);
  });

  it('hands it input, and does not mind when it is not read', async () => {
    expect((await runProcess(['cat'], { input: 'text' })).stdout).toBe('text');
    expect((await runProcess(['true'], { input: 'x'.repeat(2 ** 20) })).code).toBe(0);
  });

  it('keeps only the end of much output, but shows all of it as it comes', async () => {
    let shown = 0;
    const { stdout } = await runProcess(['sh', '-c', 'seq 1 20000'], {
      keep: 12,
      onOutput: (text) => (shown += text.length),
    });
    expect(stdout).toBe('19999\n20000\n');
    expect(shown).toBe(108_894);
  });

  it('keeps characters whole that come in pieces', async () => {
    const { stdout } = await runProcess(['sh', '-c', String.raw`printf '\303'; sleep 0.03; printf '\244'`]);
    expect(stdout).toBe('ä');
  });

  it('is MACHINE_LACKS when there is no such program', async () => {
    await expect(runProcess(['devstead-no-such-program'])).rejects.toMatchObject({ code: 'MACHINE_LACKS' });
  });

  it('ends with the signal, as INTERRUPTED', async () => {
    const controller = new AbortController();
    const run = runProcess(['sleep', '60'], { signal: controller.signal });
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(runProcess(['true'], { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('shows the end of what a failing program said, where it may not fail', async () => {
    const failing = runOrThrow(['sh', '-c', 'seq 1 40; exit 2'], 'counting');
    await expect(failing).rejects.toMatchObject({ code: 'INTERNAL', details: expect.arrayContaining(['40']) });
    await expect(failing).rejects.toMatchObject({ details: expect.not.arrayContaining(['20']) });
    expect(await runOrThrow(['echo', 'well'], 'saying')).toBe('well\n');
  });
});
