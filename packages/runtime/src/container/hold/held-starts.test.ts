import { describe, expect, it } from 'vitest';
import type { Asker } from '../ask-until-good.ts';
import { type HeldContainer, HeldStarts } from './held-starts.ts';

interface Known {
  readonly container: HeldContainer;
  state: 'held' | 'open' | 'closed';
}

const asker = { id: 'exec' } as Asker;

function makeHeld(): Known {
  const known: Known = {
    state: 'held',
    container: {
      asker: Promise.resolve(asker),
      gate: {
        reached: Promise.resolve(),
        open: async () => {
          known.state = 'open';
          return true;
        },
        close: () => {
          known.state = 'closed';
        },
      },
    },
  };
  return known;
}

describe('starts that are held', () => {
  it('are done one at a time, in their order', async () => {
    const held = new HeldStarts();
    const seen: string[] = [];
    let goOn: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    held.begin('a', async () => {
      seen.push('a');
      await first;
      return makeHeld().container;
    });
    held.begin('b', async () => {
      seen.push('b');
      return undefined;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual(['a']);
    goOn();
    await held.idle();
    expect(seen).toEqual(['a', 'b']);
  });

  it('let go once, and only who is held', async () => {
    const held = new HeldStarts();
    const known = makeHeld();
    held.begin('a', async () => known.container);
    expect(await held.letGo('other')).toBe(false);
    await held.idle();
    expect(await held.letGo('a')).toBe(true);
    expect(known.state).toBe('open');
    expect(await held.letGo('a')).toBe(false);
    expect(await held.takeAsker('a')).toBe(asker);
    expect(await held.takeAsker('a')).toBeUndefined();
  });

  it('are not begun for one whose turn to run comes first', async () => {
    const held = new HeldStarts();
    let goOn: () => void = () => undefined;
    held.begin(
      'a',
      () =>
        new Promise((resolve) => {
          goOn = () => resolve(undefined);
        }),
    );
    let isBegun = false;
    held.begin('b', async () => {
      isBegun = true;
      return undefined;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await held.letGo('b')).toBe(false);
    goOn();
    await held.idle();
    expect(isBegun).toBe(false);
  });

  it('count for nothing when they fail', async () => {
    const held = new HeldStarts();
    held.begin('a', () => Promise.reject(new Error('refused')));
    expect(await held.letGo('a')).toBe(false);
    await held.idle();
  });

  it('end with who holds them, also those that are under way', async () => {
    const held = new HeldStarts();
    const [first, second] = [makeHeld(), makeHeld()];
    held.begin('a', async () => first.container);
    await held.idle();
    let goOn: () => void = () => undefined;
    held.begin(
      'b',
      () =>
        new Promise((resolve) => {
          goOn = () => resolve(second.container);
        }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    held.close();
    goOn();
    await held.idle();
    await new Promise((resolve) => setImmediate(resolve));
    expect([first.state, second.state]).toEqual(['closed', 'closed']);
  });

  it('can wait for what is wanted now, which never waits for them', async () => {
    const held = new HeldStarts();
    const seen: string[] = [];
    let end: () => void = () => undefined;
    const wanted = held.doNow(async () => {
      await new Promise<void>((resolve) => (end = resolve));
      seen.push('wanted');
      throw new Error('refused');
    });
    held.begin('a', async () => {
      await held.settleWanted();
      seen.push('a');
      return undefined;
    });
    end();
    await expect(wanted).rejects.toThrow('refused');
    await held.idle();
    expect(seen).toEqual(['wanted', 'a']);
    expect(await held.letGo('a')).toBe(false);
  });
});
