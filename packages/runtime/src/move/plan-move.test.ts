import { describe, expect, it } from 'vitest';
import type { Observed } from '../plan/types.ts';
import { planMove } from './plan-move.ts';

const nothing: Observed = {
  isSandboxRunning: false,
  containers: {},
  volumes: [],
  images: {},
  publishedPorts: {},
  isConnected: false,
  connectedContainers: [],
  isSupervised: false,
  isIndexRelayed: false,
  finishedEvents: [],
  projects: [],
  hasRemains: false,
};

function plan(observed: Partial<Observed>): ReturnType<typeof planMove> {
  return planMove({
    name: 'shop',
    from: 'sandbox',
    to: 'container',
    environment: undefined,
    observed: { ...nothing, ...observed },
    runsCommands: true,
  });
}

describe('a move', () => {
  it('leaves the old place only after everything is at the new one', () => {
    const { steps } = plan({ isSandboxRunning: true, volumes: ['a', 'b'] });
    expect(steps.map(({ id }) => id)).toEqual([
      'sandbox.stop',
      'volume.carry a',
      'volume.carry b',
      'runtime.switch',
      'runtime.leave',
    ]);
    const [, first, , switched, left] = steps;
    expect(first?.after).toContain('sandbox.stop');
    expect(switched?.after).toEqual(['sandbox.stop', 'volume.carry a', 'volume.carry b']);
    expect(left).toMatchObject({ runtime: 'sandbox', after: ['runtime.switch'] });
  });

  it('of a workspace without data is the switch alone', () => {
    expect(plan({}).steps.map(({ kind }) => kind)).toEqual(['runtime.switch', 'runtime.leave']);
  });

  it('says that the containers’ own changes are lost', () => {
    expect(plan({}).notes).toEqual([]);
    const db = { state: 'stopped', specHash: '', imageDigest: '', restarts: 0 } as const;
    expect(plan({ containers: { db } }).notes).toHaveLength(1);
  });
});
