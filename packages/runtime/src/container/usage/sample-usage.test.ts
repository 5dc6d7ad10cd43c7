import { describe, expect, it } from 'vitest';
import { readProcess } from './sample-usage.ts';

describe('a process as an engine tells of it', () => {
  it.each([
    ['  7 61 1024 sleep infinity', { pid: 7, cpuMs: 61_000, memoryBytes: 1024 ** 2, command: 'sleep infinity' }],
    ['12 1m1.5s 0 python3 -c import\ttime', { pid: 12, cpuMs: 61_500, memoryBytes: 0 }],
    ['1 2h0m5s 8 /sbin/init', { cpuMs: 7_205_000 }],
    ['1 30ms 8 x', { cpuMs: 30 }],
  ])('%s', (line, expected) => {
    expect(readProcess(line)).toMatchObject(expected);
  });

  it('is none without its columns', () => {
    expect(readProcess('PID TIME RSS COMMAND')).toBeUndefined();
  });
});
