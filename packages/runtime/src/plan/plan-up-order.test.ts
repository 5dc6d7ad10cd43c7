import { describe, expect, it } from 'vitest';
import type { ContainerSpec, StartCondition } from './container-spec.ts';
import { askUp, makeContainer, makeEnvironment, nothing } from './environment.fixture.ts';
import { imagine } from './imagined-machine.fixture.ts';
import { planUp } from './plan-up.ts';
import type { Observed, Plan } from './types.ts';

describe('the plan of an up where containers wait for others', () => {
  const health = { argv: ['true'], intervalMs: 1000, timeoutMs: 1000, retries: 3, startPeriodMs: 0 };
  const after = (container: string, condition: StartCondition['condition'], isRequired = true) => ({
    container,
    condition,
    isRequired,
  });
  const specOf = (name: string, parts: Partial<ContainerSpec> = {}): ContainerSpec => {
    const [spec] = askUp(makeEnvironment({ containers: [makeContainer(name)] }), nothing).specs;
    if (spec === undefined) throw new Error(`${name} has no spec`);
    return { ...spec, ...parts };
  };
  const specs = [
    specOf('web', { startsAfter: [after('api', 'healthy'), after('cache', 'started')] }),
    specOf('api', { startsAfter: [after('migrate', 'completed'), after('mail', 'healthy', false)], health }),
    specOf('migrate', { startsAfter: [after('db', 'healthy')], restart: { policy: 'no' } }),
    specOf('db', { health }),
    specOf('mail', { health, restart: { policy: 'no' } }),
    specOf('cache'),
  ];
  const environment = makeEnvironment({ containers: specs.map(({ name }) => makeContainer(name)) });
  const images = Object.fromEntries(specs.map(({ name }) => [name, `sha256:${name}`]));
  const empty = { ...nothing, images };
  const planAll = (observed: Observed): Plan => planUp({ ...askUp(environment, observed), specs });

  it('starts each as soon as those are as it wants them', () => {
    const plan = planAll(empty);
    const afterOf = Object.fromEntries(plan.steps.map(({ id, after: before }) => [id, before]));
    expect(afterOf).toMatchObject({
      'container.start db': ['sandbox.start'],
      'container.start migrate': ['container.create migrate', 'container.ready db'],
      'container.finish migrate': ['container.start migrate'],
      'container.start api': ['container.create api', 'container.finish migrate', 'container.ready mail'],
      'container.start web': ['container.create web', 'container.ready api'],
    });
    // What waits is made meanwhile, after those it waits for: who comes first fills a new volume.
    expect(afterOf).toMatchObject({
      'container.create migrate': ['sandbox.start', 'container.start db'],
      'container.create api': ['sandbox.start', 'container.create migrate', 'container.start mail'],
      'container.create web': ['sandbox.start', 'container.start cache', 'container.create api'],
    });
    expect(Object.keys(afterOf)).not.toContain('container.create db');
    expect(plan.steps.find(({ id }) => id === 'container.ready mail')).toMatchObject({
      isBestEffort: true,
      dependents: ['api'],
    });
    expect(plan.steps.find(({ id }) => id === 'container.ready db')).toMatchObject({ dependents: ['migrate'] });
    // Each step comes after those it waits for.
    expect(() => imagine(empty, plan)).not.toThrow();
  });

  it('connects the index of an engine when containers have started that wait for nobody', () => {
    const onEngine = { ...empty, loadedImages: Object.values(images) };
    const own = specs.map((spec) => ({ ...spec, networks: [{ network: 'default', aliases: [] }] }));
    const plan = planUp({ ...askUp(environment, onEngine), specs: own, connectsIndex: true });
    expect(plan.steps.find(({ kind }) => kind === 'index.connect')?.after.toSorted()).toEqual([
      'container.start cache',
      'container.start db',
      'container.start mail',
      'sandbox.start',
    ]);
    expect(() => imagine(onEngine, plan)).not.toThrow();
  });

  it('makes what waits at an engine beside what starts, but after one that fills the same volume', () => {
    const onEngine = { ...empty, loadedImages: Object.values(images) };
    const own = (spec: ContainerSpec): ContainerSpec => ({ ...spec, networks: [{ network: 'default', aliases: [] }] });
    const shared = (spec: ContainerSpec): ContainerSpec => ({
      ...own(spec),
      mounts: [...spec.mounts, { type: 'volume', volume: 'shared', path: '/shared' }],
    });
    const makes = (changed: readonly ContainerSpec[]): Record<string, readonly string[]> => {
      const { steps } = planUp({ ...askUp(environment, onEngine), specs: changed });
      const found = steps.filter(({ kind }) => kind === 'container.create' || kind === 'network.connect');
      return Object.fromEntries(found.map(({ id, after: before }) => [id, before]));
    };
    expect(makes(specs.map(own))).toEqual({
      'container.create migrate': ['sandbox.start'],
      'container.create api': ['sandbox.start', 'container.create migrate'],
      'container.create web': ['sandbox.start', 'container.start cache', 'container.create api'],
    });
    expect(makes(specs.map(shared))).toMatchObject({
      'container.create migrate': ['sandbox.start', 'container.start db'],
      'container.create api': ['sandbox.start', 'container.create migrate', 'container.start mail'],
    });
  });

  it('makes networks in the order of the starts, and that of all only where somebody is in it', () => {
    const own = { networks: [{ network: 'default', aliases: [] }] };
    const plan = (changed: readonly ContainerSpec[]): Record<string, readonly string[]> => {
      const { steps } = planUp({ ...askUp(environment, empty), specs: changed, connectsIndex: true });
      const found = steps.filter(({ kind }) => kind === 'network.connect' || kind === 'index.connect');
      return Object.fromEntries(found.map(({ id, after: before }) => [id, before]));
    };
    const apart = specs.map((spec) => ({ ...spec, ...own }));
    expect(plan(apart)).toEqual({
      'network.connect db': ['sandbox.start'],
      'network.connect mail': ['sandbox.start'],
      'network.connect cache': ['sandbox.start'],
      'network.connect migrate': ['sandbox.start', 'container.start db'],
      'network.connect api': ['sandbox.start', 'container.create migrate', 'container.start mail'],
      'network.connect web': ['sandbox.start', 'container.create api'],
      'index.connect': ['sandbox.start', 'network.connect db', 'network.connect mail', 'network.connect cache'],
    });
    const [web, ...others] = apart;
    if (web === undefined) throw new Error('there is no web');
    expect(plan([{ ...web, networkOf: 'api' }, ...others])).not.toHaveProperty('network.connect');
    expect(plan([specOf('web'), ...others])).toMatchObject({ 'network.connect': ['sandbox.start'] });
  });

  it('waits for one that runs and is not healthy yet, and not for one that is', () => {
    const all = imagine(empty, planAll(empty));
    const { api, web, ...others } = all.containers;
    if (api === undefined || web === undefined) throw new Error('not all run');
    const without = (health: 'healthy' | 'starting'): Observed => ({
      ...all,
      containers: { ...others, api: { ...api, health } },
    });
    const starts = (observed: Observed): readonly string[] | undefined =>
      planAll(observed).steps.find(({ id }) => id === 'container.start web')?.after;
    expect(starts(without('starting'))).toContain('container.ready api');
    expect(starts(without('healthy'))).not.toContain('container.ready api');
  });
});
