import type { Observed, ObservedContainer } from '@devstead/runtime';
import { describe, expect, it } from 'vitest';
import { listEnded } from './attach-services.ts';

const base = { specHash: '', imageDigest: '', restarts: 0 };

function list(container: Partial<ObservedContainer> | undefined, isSandboxRunning = true): unknown {
  const containers = container === undefined ? {} : { web: { ...base, ...container } };
  return listEnded({ containers, isSandboxRunning } as unknown as Observed, ['web']);
}

function exited(exitCode: number, policy: string): Partial<ObservedContainer> {
  return { state: 'exited', exitCode, spec: { restart: { policy } } } as unknown as Partial<ObservedContainer>;
}

describe('a container that has ended', () => {
  it('is told with its code', () => {
    expect(list(exited(3, 'no'))).toEqual([{ container: 'web', exitCode: 3 }]);
    expect(list(exited(0, 'on-failure'))).toEqual([{ container: 'web', exitCode: 0 }]);
  });

  it('is none that runs, that is started again, or whose code is not known yet', () => {
    expect(list({ state: 'running' })).toEqual([]);
    expect(list(exited(3, 'on-failure'))).toEqual([]);
    expect(list(exited(0, 'always'))).toEqual([]);
    expect(list({ state: 'stopped' })).toEqual([]);
  });

  it('is one of a project that runs no more', () => {
    expect(list({ state: 'stopped' }, false)).toEqual([{ container: 'web', exitCode: 0 }]);
  });
});
