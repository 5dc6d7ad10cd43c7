import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from './container-spec.ts';
import { askUp, makeContainer, makeEnvironment, nothing } from './environment.fixture.ts';
import { makeOneOff, planOneOff, planOneOffEnd } from './plan-one-off.ts';
import { planUp } from './plan-up.ts';
import { makeServiceContainer } from './service.fixture.ts';
import type { Observed } from './types.ts';

const environment = makeEnvironment({ containers: [makeContainer('web')] });
const [web] = askUp(environment, nothing).specs as [ContainerSpec];
const owner = { pid: 7, start: 1 };
const networks = [{ network: 'front', aliases: ['web'], address: '10.89.0.9', subnet: '10.89.0.0/24' }];
const service: ContainerSpec = { ...web, networks, hostname: 'web', restart: { policy: 'always' } };
const oneOff = makeOneOff(service, 'web-run-1', { service: 'web', owner });

/** A workspace that runs, with a container of a command beside its own. */
function observe(isAbandoned: boolean): Observed {
  const container = { state: 'running' as const, specHash: '', imageDigest: 'sha256:1', restarts: 0, spec: oneOff };
  return {
    ...nothing,
    isSandboxRunning: true,
    images: { web: 'sha256:1' },
    containers: { 'web-run-1': isAbandoned ? { ...container, isAbandoned } : container },
  };
}

describe('the names of a container of its own', () => {
  it('are its own alone, or the service’s too', () => {
    expect(oneOff.networks).toEqual([{ network: 'front', aliases: [], subnet: '10.89.0.0/24' }]);
    const named = makeOneOff(service, 'web-run-1', { service: 'web', owner }, { keepsAliases: true });
    expect(named.networks).toEqual([{ network: 'front', aliases: ['web'], subnet: '10.89.0.0/24' }]);
  });
});

describe('a container of a service that has fewer now', () => {
  it.each([
    ['db-2', 'web', 'container.stop db-2', false],
    ['web-2', 'other', 'container.stop web-2', false],
    ['web-2', 'web', 'container.stop web-2', true],
  ])('%s of image %s: %s is %s', (name, image, id, isEnded) => {
    const scaled = makeEnvironment({ containers: [{ ...makeServiceContainer('web'), image: 'web' }] });
    const found = { state: 'running' as const, specHash: '', imageDigest: 'sha256:1', restarts: 0 };
    const containers = { [name]: { ...found, spec: { ...web, name, image } } };
    const plan = planUp({ ...askUp(scaled, { ...observe(false), containers }), keepsOrphans: true });
    expect(plan.steps.some((step) => step.id === id)).toBe(isEnded);
    expect(plan.notes.length).toBe(isEnded ? 0 : 1);
  });
});

describe('a container for one command', () => {
  it('is that of the service, without its program, its names and its restarts', () => {
    expect(oneOff).toMatchObject({ name: 'web-run-1', image: 'web', argv: [], restart: { policy: 'no' } });
    expect(oneOff.networks).toEqual([{ network: 'front', aliases: [], subnet: '10.89.0.0/24' }]);
    expect(oneOff).not.toHaveProperty('hostname');
  });

  it('gets its image and its network before it starts', () => {
    const input = { observed: { ...nothing, isSandboxRunning: true }, staleImages: [], pulls: {}, readyTimeoutMs: 1 };
    const { steps } = planOneOff(input, oneOff);
    expect(steps.map(({ id, after }) => [id, after])).toEqual([
      ['image.build web', []],
      ['network.connect web-run-1', []],
      ['container.start web-run-1', ['image.build web', 'network.connect web-run-1']],
    ]);
  });

  it('is ended before it is removed', () => {
    const { steps } = planOneOffEnd('web-run-1');
    expect(steps.map(({ id, after }) => [id, after])).toEqual([
      ['container.stop web-run-1', []],
      ['container.remove web-run-1', ['container.stop web-run-1']],
    ]);
  });

  it.each([true, false])('is left alone by an up while its command runs (keepsOrphans %s)', (keepsOrphans) => {
    const plan = planUp({ ...askUp(environment, observe(false)), keepsOrphans });
    expect(plan.steps.map(({ id }) => id)).not.toContain('container.stop web-run-1');
    expect(plan.notes).toEqual([]);
  });

  it.each([true, false])('is removed by an up when its command is gone (keepsOrphans %s)', (keepsOrphans) => {
    const plan = planUp({ ...askUp(environment, observe(true)), keepsOrphans });
    expect(plan.steps.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['container.stop web-run-1', 'container.remove web-run-1']),
    );
    expect(plan.notes).toEqual([]);
  });
});
