import type { Command, Container, Environment } from '@devstead/environment';
import { eventCommands } from '@devstead/environment/commands';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  askUp,
  makeApply,
  makeCommand,
  makeComposite,
  makeContainer,
  makeEnvironment,
  nothing,
} from './environment.fixture.ts';
import { hashSpec } from './hash-spec.ts';
import { imagine, shuffleSteps } from './imagined-machine.fixture.ts';
import { planDown, planStop } from './plan-down.ts';
import { planUp } from './plan-up.ts';
import type { EventName, Observed, Plan } from './types.ts';

const containerNames = ['web', 'db', 'cache', 'tools'];
const volumeNames = ['data', 'scratch'];
const images = ['python', 'postgres'];

function anyContainer(name: string): fc.Arbitrary<Container> {
  const exposures = fc.constantFrom('public', 'internal', 'none');
  return fc
    .record({
      image: fc.constantFrom(...images),
      level: fc.constantFrom('1', '2'),
      volumes: fc.subarray(volumeNames),
      exposure: exposures,
      args: fc.constantFrom(undefined, ['tail', '-f', '/dev/null'], ['work']),
      dedicated: fc.boolean(),
    })
    .map(({ image, level, volumes, exposure, args, dedicated }) =>
      makeContainer(name, {
        image,
        dedicated,
        env: [{ name: 'LEVEL', value: level }],
        mounts: volumes.map((volume) => ({ volume, path: `/${volume}` })),
        endpoints: [{ name: `${name}-port`, port: 8080, exposure, protocol: 'http', secure: false }],
        ...(args === undefined ? {} : { args }),
      }),
    );
}

const anyEnvironment: fc.Arbitrary<Environment> = fc
  .subarray(containerNames, { minLength: 1 })
  .chain((names) =>
    fc.record({
      containers: fc.tuple(...names.map(anyContainer)),
      homes: fc.array(fc.constantFrom(...names), { minLength: 3, maxLength: 3 }),
      isParallel: fc.boolean(),
      isApplied: fc.boolean(),
      isEphemeral: fc.boolean(),
      projects: fc.subarray(['api', 'ui']),
      events: fc.record({
        preStart: fc.subarray(['c0', 'c1', 'applied', 'inner', 'outer']),
        postStart: fc.subarray(['c1', 'c2', 'applied', 'outer']),
        preStop: fc.subarray(['c0', 'c2', 'inner']),
        postStop: fc.subarray(['c0', 'c1', 'applied', 'outer']),
      }),
    }),
  )
  .map(({ containers: named, homes, isParallel, isApplied, isEphemeral, projects, events }) => {
    const containers = named.map((container, index) =>
      isApplied && index === 0 && !homes.includes(container.name)
        ? { ...container, appliedBy: ['applied'] }
        : container,
    );
    const commands: Command[] = [
      ...homes.map((home, index) => makeCommand(`c${index}`, home)),
      makeApply('applied', containers[0]?.name ?? ''),
      makeComposite('inner', ['c0', 'c1'], isParallel),
      makeComposite('outer', ['inner', 'c2', 'applied'], !isParallel),
    ];
    const volumes = volumeNames.map((name) => ({ name, ephemeral: isEphemeral && name === 'scratch' }));
    return makeEnvironment({
      containers,
      volumes,
      commands,
      events,
      projects: projects.map((name) => ({ name, clonePath: name })),
    });
  });

/** What may be found of a workspace: of another devfile, half started, or as it should be. */
const anyWorkspace: fc.Arbitrary<{ readonly environment: Environment; readonly observed: Observed }> = fc
  .record({
    environment: anyEnvironment,
    isSandboxRunning: fc.boolean(),
    isConnected: fc.boolean(),
    connectedContainers: fc.subarray(containerNames),
    isSupervised: fc.boolean(),
    isIndexRelayed: fc.boolean(),
    hasRemains: fc.boolean(),
    isUnchanged: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    states: fc.array(fc.constantFrom('running', 'exited', 'absent'), { minLength: 5, maxLength: 5 }),
    images: fc.subarray(images),
    volumes: fc.subarray(volumeNames),
    projects: fc.subarray(['api', 'ui']),
    finishedEvents: fc.constantFrom<readonly EventName[]>([], ['preStart'], ['preStart', 'postStart']),
    isPublished: fc.boolean(),
    isSpecKnown: fc.boolean(),
  })
  .map(({ environment, ...found }) => {
    const { ports, specs } = askUp(environment, nothing);
    const up = found.isSandboxRunning;
    const containers = [...containerNames, 'gone'].flatMap((name, index) => {
      const spec = specs.find((candidate) => candidate.name === name);
      const state = found.states[index];
      if (state === undefined || state === 'absent') return [];
      const isSame = spec !== undefined && found.isUnchanged[index] === true;
      // An image that a container was made from is not removed before the container is.
      const hasSpec = spec !== undefined && (isSame || (found.isSpecKnown && found.images.includes(spec.imageName)));
      const observed = {
        state: up ? state : 'stopped',
        specHash: isSame ? hashSpec(spec) : 'of another devfile',
        imageDigest: isSame && found.images.includes(spec.imageName) ? `sha256:${spec.imageName}` : 'sha256:old',
        restarts: 0,
        ...(hasSpec ? { spec } : {}),
      } as const;
      return [[name, observed] as const];
    });
    // What runs has its volumes.
    const mounted = containers.flatMap(([, container]) => ('spec' in container ? container.spec.mounts : []));
    const volumes = mounted.flatMap((mount) => (mount.type === 'volume' ? [mount.volume] : []));
    const published = up && found.isSupervised && found.isPublished ? ports : [];
    const observed = {
      isSandboxRunning: up,
      isConnected: up && found.isConnected,
      connectedContainers: up ? found.connectedContainers : [],
      isSupervised: up && found.isSupervised,
      isIndexRelayed: up && found.isIndexRelayed,
      hasRemains: !up && found.hasRemains,
      containers: Object.fromEntries(containers),
      images: Object.fromEntries(found.images.map((image) => [image, `sha256:${image}`])),
      volumes: [...new Set([...found.volumes, ...volumes])],
      projects: found.projects,
      finishedEvents: up ? found.finishedEvents : [],
      publishedPorts: Object.fromEntries(published.map(({ endpoint, hostPort }) => [endpoint, hostPort])),
    };
    return { environment, observed };
  });

const anyPicks = fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 12 });
const anyStale = fc.subarray(images);

/** Ids are unique, and every step waits for steps that stand before it: so there is no cycle either. */
function expectSound({ steps }: Plan): void {
  const seen = new Set<string>();
  for (const { id, after } of steps) {
    expect(seen.has(id)).toBe(false);
    expect(after.filter((other) => !seen.has(other))).toEqual([]);
    expect(new Set(after).size).toBe(after.length);
    seen.add(id);
  }
}

const runs = { numRuns: 1000 };

describe('any plan of an up', () => {
  it('leaves nothing to do, in whatever order its steps are carried out', () => {
    fc.assert(
      fc.property(
        anyWorkspace,
        anyStale,
        anyPicks,
        fc.boolean(),
        ({ environment, observed }, stale, picks, runsCommands) => {
          const staleImages = stale.filter((image) => observed.images[image] !== undefined);
          const plan = planUp(askUp(environment, observed, { staleImages, runsCommands }));
          expectSound(plan);
          const after = imagine(observed, plan, shuffleSteps(plan, picks));
          expect(planUp(askUp(environment, after, { runsCommands })).steps).toEqual([]);
          const own = environment.containers.filter(({ appliedBy }) => appliedBy === undefined);
          const states = own.map(({ name }) => after.containers[name]?.state);
          expect(states).toEqual(own.map(() => 'running'));
          const described = environment.containers.map(({ name }) => name);
          expect(Object.keys(after.containers).filter((name) => !described.includes(name))).toEqual([]);
        },
      ),
      runs,
    );
  });

  it('is the same for the same input', () => {
    fc.assert(
      fc.property(anyWorkspace, ({ environment, observed }) => {
        const input = askUp(environment, observed);
        const before = JSON.stringify(input);
        expect(planUp(input)).toEqual(planUp(input));
        expect(JSON.stringify(input)).toBe(before);
      }),
      { numRuns: 50 },
    );
  });
});

describe('any plan of a stop', () => {
  it('leaves nothing running and nothing to do', () => {
    fc.assert(
      fc.property(anyWorkspace, anyPicks, fc.boolean(), ({ environment, observed }, picks, runsCommands) => {
        const stop = { name: 'shop', environment, runsCommands };
        const plan = planStop({ ...stop, observed });
        expectSound(plan);
        const after = imagine(observed, plan, shuffleSteps(plan, picks));
        expect(after).toMatchObject({ isSandboxRunning: false, isSupervised: false, hasRemains: false });
        expect(planStop({ ...stop, observed: after }).steps).toEqual([]);
      }),
      runs,
    );
  });

  it('runs or notes each command of postStop', () => {
    fc.assert(
      fc.property(anyWorkspace, ({ environment, observed }) => {
        const { steps, notes } = planStop({ name: 'shop', environment, observed, runsCommands: true });
        const run = steps.flatMap((step) =>
          step.kind === 'command.run' && step.event === 'postStop' ? [step.command.id] : [],
        );
        const noted = notes.flatMap((note) => /^postStop: (\S+) /.exec(note)?.slice(1) ?? []);
        const named = eventCommands(environment, 'postStop').flatMap(({ commands }) => commands.map(({ id }) => id));
        expect([...run, ...noted].toSorted()).toEqual(named.toSorted());
      }),
      runs,
    );
  });
});

describe('any plan of a down', () => {
  it('removes the workspace last, after everything else', () => {
    fc.assert(
      fc.property(anyWorkspace, anyPicks, fc.boolean(), ({ environment, observed }, picks, removesVolumes) => {
        const plan = planDown({ name: 'shop', environment, observed, runsCommands: true, removesVolumes });
        expectSound(plan);
        const last = plan.steps.at(-1);
        expect(last?.kind).toBe('workspace.remove');
        expect(last?.after).toEqual(plan.steps.slice(0, -1).map(({ id }) => id));
        const after = imagine(observed, plan, shuffleSteps(plan, picks));
        const ephemeral = environment.volumes.filter((volume) => volume.ephemeral).map(({ name }) => name);
        const kept = observed.volumes.filter((volume) => !removesVolumes && !ephemeral.includes(volume));
        expect(after).toMatchObject({ isSandboxRunning: false, containers: {}, volumes: kept });
      }),
      runs,
    );
  });
});
