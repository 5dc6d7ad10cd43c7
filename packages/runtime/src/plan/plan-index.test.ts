import { describe, expect, it } from 'vitest';
import { askUp, makeCommand, makeContainer, makeEnvironment, nothing } from './environment.fixture.ts';
import { imagine } from './imagined-machine.fixture.ts';
import { planUp } from './plan-up.ts';

const shop = makeEnvironment({
  containers: [makeContainer('web')],
  commands: [makeCommand('install', 'web')],
  events: { preStart: ['install'], postStart: [], preStop: [], postStop: [] },
});
const stored = { ...nothing, images: { web: 'sha256:web' } };
const running = imagine(stored, planUp(askUp(shop, stored)));
const change = { connectsIndex: true };

describe('the plan of an up with a package index', () => {
  it('connects it before commands of preStart run', () => {
    const { steps } = planUp(askUp(shop, stored, change));
    expect(steps.find(({ id }) => id === 'index.connect')?.after).toEqual(['sandbox.start']);
    expect(steps.find(({ kind }) => kind === 'command.run')?.after).toContain('index.connect');
  });

  it('has nothing to do while it is connected, and mends what ended', () => {
    expect(planUp(askUp(shop, { ...running, isIndexRelayed: true }, change)).steps).toEqual([]);
    expect(planUp(askUp(shop, running, change)).steps.map(({ id }) => id)).toEqual(['index.connect']);
  });
});
