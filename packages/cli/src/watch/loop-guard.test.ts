import { describe, expect, it } from 'vitest';
import { LoopGuard } from './loop-guard.ts';

describe('LoopGuard', () => {
  it('waits when the same path changes right after every start, and names it', () => {
    const guard = new LoopGuard();
    const judged = Array.from({ length: 7 }, (_, index) => guard.judge([`other${index}`, 'app.log'], 100 + index * 10));
    expect(judged.map(({ waitMs }) => waitMs)).toEqual([0, 0, 0, 0, 3000, 3000, 3000]);
    expect(judged.at(-1)?.culprit).toBe('app.log');
  });

  it('lets saves of different files pass, however fast', () => {
    const guard = new LoopGuard();
    for (let index = 0; index < 20; index += 1) expect(guard.judge([`f${index}`], 50).waitMs).toBe(0);
  });

  it('lets a person save the same file again and again', () => {
    const guard = new LoopGuard();
    for (let index = 0; index < 20; index += 1)
      expect(guard.judge(['main.py'], 400 + ((index * 731) % 1500)).waitMs).toBe(0);
  });

  it('forgets when a change comes some time after a start', () => {
    const guard = new LoopGuard();
    for (let index = 0; index < 8; index += 1) guard.judge(['app.log'], 100);
    expect(guard.judge(['app.log'], 5000).waitMs).toBe(0);
    expect(guard.judge(['app.log'], 100).waitMs).toBe(0);
  });
});
