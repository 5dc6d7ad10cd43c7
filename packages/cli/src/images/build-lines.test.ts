import { FakeIo } from '@devstead/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BuildLines } from './build-lines.ts';

describe('BuildLines', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('writes a line for each step, and without a terminal now and then that it goes on', () => {
    const io = new FakeIo({ cwd: '/' });
    const lines = new BuildLines(io);
    lines.read({ image: 'base', step: 'install', text: 'Debian bookworm' });
    lines.read({ image: 'base', step: 'install', text: 'Unpacking perl\u001b[2J' });
    vi.advanceTimersByTime(20_000);
    lines.read({ image: 'base', step: 'done', text: '83 MB' });
    vi.advanceTimersByTime(60_000);
    expect(io.stderr.text).toBe(
      '  image base        install   Debian bookworm\n' +
        '  image base        install  0 s so far: Unpacking perl\\x1b[2J\n' +
        '  image base        done      83 MB\n',
    );
  });

  it('draws what is under way on a terminal, and leaves it clean', () => {
    const io = new FakeIo({ cwd: '/', isTerminal: true });
    const lines = new BuildLines(io);
    lines.read({ image: 'redis', step: 'install', text: 'redis-server' });
    vi.advanceTimersByTime(200);
    lines.end();
    vi.advanceTimersByTime(60_000);
    expect(io.stderr.text).toMatch(/redis-server\n\r\u001b\[K {2}image redis {7}install {2}0 s {2}\r\u001b\[K$/);
  });
});
