import type { ObservedContainer } from '@devstead/runtime';
import { describe, expect, it } from 'vitest';
import { listChanges, listPast } from './list-changes.ts';

const base: ObservedContainer = {
  state: 'running',
  specHash: '',
  imageDigest: '',
  restarts: 0,
  startedAt: 1,
  layerSince: 1,
};
type Change = Partial<ObservedContainer> | undefined;

function list(was: Change, is: Change): string[] {
  const make = (change: Change) => (change === undefined ? {} : { web: { ...base, ...change } });
  return listChanges(make(was), make(is)).map(({ action }) => action);
}

describe('listChanges', () => {
  it.each<[string, Change, Change, string[]]>([
    ['nothing', {}, {}, []],
    ['it came', undefined, {}, ['create', 'start']],
    ['it ended', {}, { state: 'exited', exitCode: 3 }, ['die']],
    ['it went', {}, undefined, ['die', 'destroy']],
    ['it was removed after its end', { state: 'exited' }, undefined, ['destroy']],
    ['it was started again', {}, { startedAt: 2 }, ['die', 'start']],
    ['it was started after its end', { state: 'exited' }, { startedAt: 2 }, ['start']],
    ['it was made anew', {}, { startedAt: 2, layerSince: 2 }, ['die', 'destroy', 'create', 'start']],
    ['it is healthy', { health: 'starting' }, { health: 'healthy' }, ['health_status: healthy']],
    ['it is asked anew', { health: 'healthy' }, { health: 'starting' }, []],
    ['it stands still', {}, { isPaused: true }, ['pause']],
    ['it goes on', { isPaused: true }, {}, ['unpause']],
  ])('%s', (_what, was, is, actions) => {
    expect(list(was, is)).toEqual(actions);
  });
});

describe('listPast', () => {
  it('tells when containers were made and started, in the order of time and within the times', () => {
    const containers = {
      web: { ...base, layerSince: 10, startedAt: 40 },
      db: { ...base, layerSince: 20, startedAt: 20 },
    };
    const list = (sinceMs: number, untilMs: number): string[] =>
      listPast(containers, sinceMs, untilMs).map(({ change, at }) => `${at} ${change.action} ${change.container}`);
    expect(list(0, 100)).toEqual(['10 create web', '20 create db', '20 start db', '40 start web']);
    expect(list(20, 40)).toEqual(['20 create db', '20 start db']);
  });
});
