import { appendFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readOutput } from './read-output.ts';
import { endChild, spawnProcess, waitForClose } from './run-process.ts';

const start = (line: string) => spawnProcess(['sh', '-c', line], { stdio: ['ignore', 'pipe', 'pipe'] });

describe('reading output', () => {
  it('takes both streams, in the order in which they come', async () => {
    const child = start('echo one; sleep 0.1; echo two >&2');
    const taken: string[] = [];
    const reading = readOutput(
      child,
      (text) => taken.push(text),
      () => taken.push('stopped'),
    );
    expect(await waitForClose(child, 'sh')).toBe(0);
    expect(taken.join('')).toBe('one\ntwo\n');
    expect('problem' in reading).toBe(false);
  });

  it('ends a program whose output a full disk does not take, and says so', async () => {
    const child = start('while :; do echo line; done');
    const ended = waitForClose(child, 'sh');
    let stops = 0;
    const reading = readOutput(
      child,
      (text) => appendFileSync('/dev/full', text),
      () => {
        stops += 1;
        void endChild(child, ended);
      },
    );
    expect(await ended).toBe(143);
    expect(stops).toBe(1);
    expect(reading.problem).toMatchObject({ code: 'ENOSPC' });
  });
});
