import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { waitForDrain } from './wait-for-drain.ts';

describe('a stream that is full', () => {
  it('is waited for, and keeps no listeners', async () => {
    const stream = new PassThrough({ highWaterMark: 10 });
    const before = stream.listenerCount('close');
    for (let round = 0; round < 30; round += 1) {
      stream.write('more than ten bytes');
      expect(stream.writableNeedDrain).toBe(true);
      const drained = waitForDrain(stream);
      stream.read();
      await drained;
      expect(stream.writableNeedDrain).toBe(false);
    }
    expect([stream.listenerCount('drain'), stream.listenerCount('close')]).toEqual([0, before]);
  });

  it('is waited for no longer when it is closed', async () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    stream.write('more');
    const waiting = waitForDrain(stream);
    stream.destroy();
    await waiting;
    await waitForDrain(stream);
    expect(stream.closed).toBe(true);
  });
});
