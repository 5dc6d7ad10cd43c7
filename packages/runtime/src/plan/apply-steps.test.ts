import type { Container, Environment } from '@devstead/environment';
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
import { imagine } from './imagined-machine.fixture.ts';
import { planApplyCommand } from './plan-command.ts';
import { planStop } from './plan-down.ts';
import { planUp } from './plan-up.ts';
import { renderPlan } from './render-plan.ts';
import type { Observed, Plan } from './types.ts';

const noEvents = { preStart: [], postStart: [], preStop: [], postStop: [] };
const stored: Observed = { ...nothing, images: { app: 'sha256:app' } };

function applied(name: string, parts: Partial<Container> = {}): Container {
  return makeContainer(name, { image: 'app', args: ['work'], appliedBy: [`apply-${name}`], ...parts });
}

/** A shop of `web`, and further containers that a command each applies. */
function shopWith(containers: readonly Container[], events: Partial<Environment['events']> = {}): Environment {
  return makeEnvironment({
    containers: [makeContainer('web', { image: 'app' }), ...containers],
    commands: [
      makeCommand('greet', 'web'),
      ...containers.map(({ name }) => makeApply(`apply-${name}`, name)),
      makeComposite(
        'all',
        containers.map(({ name }) => `apply-${name}`),
        true,
      ),
    ],
    events: { ...noEvents, ...events },
  });
}

const up = (environment: Environment, observed: Observed = stored): Plan => planUp(askUp(environment, observed));
const ids = ({ steps }: Plan): string[] => steps.map(({ id }) => id);
const afterOf = ({ steps }: Plan, id: string): readonly string[] | undefined =>
  steps.find((step) => step.id === id)?.after;
const run = (environment: Environment, observed: Observed, name: string): Plan =>
  planApplyCommand(askUp(environment, observed), makeApply(`apply-${name}`, name));

describe('a container that only a command applies', () => {
  const environment = shopWith([applied('db'), applied('apart', { dedicated: true })]);
  const running = imagine(stored, up(environment));

  it('does not start with the environment', () => {
    expect(ids(up(environment))).toEqual([
      'sandbox.start',
      'container.start web',
      'network.connect',
      'container.ready web',
      'ports.publish',
    ]);
    expect(ids(up(environment, running))).toEqual([]);
  });

  it('starts with its command, while the supervisor goes on', () => {
    expect(ids(run(environment, running, 'db'))).toEqual(['container.start db', 'container.ready db']);
    const apart = run(environment, running, 'apart');
    expect(ids(apart)).toEqual(['network.connect apart', 'container.start apart', 'container.ready apart']);
    expect(afterOf(apart, 'container.start apart')).toEqual(['network.connect apart']);
  });

  it('is there then: for the command, and for an up', () => {
    const after = imagine(running, run(environment, running, 'apart'));
    expect(run(environment, after, 'apart')).toMatchObject({ steps: [], notes: [] });
    expect(ids(up(environment, after))).toEqual([]);
    const changed = shopWith([applied('db'), applied('apart', { dedicated: true, resources: { cpuLimitMillis: 1 } })]);
    expect(ids(up(changed, after))).toEqual([
      'supervisor.stop',
      'container.stop apart',
      'container.start apart',
      'container.ready apart',
      'ports.publish',
    ]);
    const gone = shopWith([applied('db')]);
    expect(ids(up(gone, after))).toEqual([
      'supervisor.stop',
      'container.stop apart',
      'container.remove apart',
      'ports.publish',
    ]);
  });

  it('is left to the supervisor when it ended, and started again when there is none', () => {
    const after = imagine(running, run(environment, running, 'db'));
    const db = {
      ...after.containers['db'],
      state: 'exited',
      exitCode: 3,
      specHash: '',
      imageDigest: '',
      restarts: 0,
    } as const;
    const ended = { ...after, containers: { ...after.containers, db } };
    expect(run(environment, ended, 'db')).toMatchObject({
      steps: [],
      notes: ['db ended with code 3 and is started again by itself'],
    });
    expect(ids(run(environment, { ...ended, isSupervised: false }, 'db'))).toEqual([
      'container.start db',
      'container.ready db',
    ]);
  });

  it('starts with the workspace when postStart applies it, once', () => {
    const events = { postStart: ['apply-db', 'greet', 'apply-db'] };
    const plan = up(shopWith([applied('db')], events));
    expect(ids(plan).slice(5)).toEqual([
      'container.create db',
      'container.start db',
      'container.ready db',
      'command.run postStart 1 greet',
      'event.finish postStart',
    ]);
    expect(afterOf(plan, 'container.create db')).toEqual(['sandbox.start', 'network.connect', 'container.start web']);
    expect(afterOf(plan, 'container.start db')).toEqual(['container.create db', 'container.ready web']);
    expect(afterOf(plan, 'command.run postStart 1 greet')).toContain('container.ready db');
  });

  it('has its image made first', () => {
    const other = shopWith([applied('db', { image: 'other' })]);
    expect(ids(run(other, running, 'db'))).toEqual(['image.build other', 'container.start db', 'container.ready db']);
  });
});

describe('a container that preStart applies', () => {
  it('runs to its end before the others start', () => {
    const plan = up(
      shopWith([applied('first'), applied('second')], { preStart: ['apply-first', 'greet', 'apply-second'] }),
    );
    expect(ids(plan)).toEqual([
      'sandbox.start',
      'container.start first',
      'container.finish first',
      'container.create second',
      'container.start second',
      'container.finish second',
      'container.create web',
      'container.start web',
      'network.connect',
      'container.ready web',
      'ports.publish',
      'command.run preStart 1 greet',
      'event.finish preStart',
    ]);
    expect(afterOf(plan, 'container.create second')).toEqual(['sandbox.start', 'container.start first']);
    expect(afterOf(plan, 'container.start second')).toEqual(['container.create second', 'container.finish first']);
    expect(afterOf(plan, 'container.start web')).toEqual(['container.create web', 'container.finish second']);
  });

  it('runs beside others where a composite says so', () => {
    const plan = up(shopWith([applied('first'), applied('second')], { preStart: ['all'] }));
    expect(afterOf(plan, 'container.start second')).toEqual(['sandbox.start']);
    expect(afterOf(plan, 'container.start web')).toEqual([
      'container.create web',
      'container.finish first',
      'container.finish second',
    ]);
  });

  it('is done with then, and begins fresh at the next start', () => {
    const environment = shopWith([applied('first')], { preStart: ['apply-first'] });
    const running = imagine(stored, up(environment));
    expect(running.containers['first']?.state).toBe('exited');
    expect(ids(up(environment, running))).toEqual([]);
    const stopped = imagine(running, planStop({ name: 'shop', environment, observed: running, runsCommands: true }));
    const again = up(environment, stopped).steps.find(({ id }) => id === 'container.start first');
    expect(again).toMatchObject({ isNewLayer: true });
    expect(ids(planUp(askUp(environment, stored, { runsCommands: false })))).not.toContain('container.start first');
  });

  it.each<[string, Partial<Container>]>([
    ['a pod of its own', { dedicated: true }],
    ['a service', { args: ['serve'], command: [] }],
    ['nothing to do', { args: ['tail', '-f', '/dev/null'] }],
  ])('stays when it has %s', (_what, parts) => {
    const { args, command, ...rest } = { args: ['work'], ...parts };
    const own = command === undefined ? { args } : {};
    const endpoints = [{ name: 'db', port: 5432, exposure: 'none', protocol: 'tcp', secure: false }] as const;
    const { args: _args, ...plain } = applied('db', { ...rest, endpoints });
    const plan = up(shopWith([{ ...plain, ...own }], { preStart: ['apply-db'] }));
    expect(ids(plan)).toContain('container.ready db');
    expect(afterOf(plan, 'container.start web')).toEqual(['sandbox.start']);
    expect(afterOf(plan, 'event.finish preStart')).toEqual(['container.ready db']);
  });
});

describe('a container that postStop applies', () => {
  const environment = shopWith([applied('save'), applied('other')], { postStop: ['apply-save', 'apply-save'] });
  const observed = imagine(stored, up(environment));
  const lastJobs = askUp(environment, observed).specs.filter(({ name }) => name === 'save');

  it('runs to its end when all others have ended', () => {
    const plan = planStop({ name: 'shop', environment, observed, runsCommands: true, lastJobs });
    expect(plan.notes).toEqual([]);
    expect(ids(plan)).toEqual([
      'supervisor.stop',
      'container.stop web',
      'container.start save',
      'container.finish save',
      'sandbox.stop',
    ]);
    expect(afterOf(plan, 'container.start save')).toEqual(['container.stop web']);
    expect(plan.steps).toContainEqual(expect.objectContaining({ kind: 'container.finish', isBestEffort: true }));
  });

  it('is a note where its image is gone, or nothing runs', () => {
    const notes = ['postStop: apply-save applies save, which is not started at the end'];
    for (const now of [{ ...observed, images: {} }, nothing]) {
      const plan = planStop({ name: 'shop', environment, observed: now, runsCommands: true, lastJobs });
      expect([...new Set(plan.notes)]).toEqual(notes);
      expect(ids(plan)).not.toContain('container.start save');
    }
  });
});

describe('images and manifests', () => {
  const environment = {
    ...shopWith([]),
    artifacts: [
      { name: 'app', kind: 'image', applied: 'start', imageName: 'shop:1' },
      { name: 'later', kind: 'image', applied: 'command', imageName: 'later:1' },
      { name: 'cluster', kind: 'kubernetes', applied: 'command' },
    ],
    commands: [makeApply('build', 'later'), makeApply('deploy', 'cluster')],
  } as const satisfies Environment;

  it('are built with the environment where that is asked for and something stands for them', () => {
    const artifactImages = { app: 'shop', later: 'later' };
    expect(ids(planUp(askUp(environment, stored, { artifactImages })))[0]).toBe('image.build shop');
    expect(ids(planUp(askUp(environment, stored, { artifactImages })))).not.toContain('image.build later');
    const there = { ...stored, images: { ...stored.images, shop: 'sha256:shop' } };
    expect(ids(planUp(askUp(environment, there, { artifactImages })))[0]).toBe('sandbox.start');
    expect(ids(planUp(askUp(environment, there, { artifactImages, staleImages: ['shop'] })))[0]).toBe(
      'image.build shop',
    );
  });

  it('are notes where nothing does, whether an up or an event asks for them', () => {
    const noted = { ...environment, events: { ...noEvents, preStart: ['build', 'deploy'] } };
    expect(renderPlan(planUp(askUp(noted, stored))).match(/note: .*/g)).toEqual([
      'note: the image shop:1 (component app) is not built: it has no Dockerfile beside the devfile, and no image or recipe has its name',
      'note: the image later:1 (component later) is not built: it has no Dockerfile beside the devfile, and no image or recipe has its name',
      'note: deploy applies cluster (kubernetes), which nothing here can do: it is left out',
    ]);
  });

  it('are built by a command that applies them', () => {
    const input = askUp(environment, stored, { artifactImages: { later: 'later' } });
    expect(ids(planApplyCommand(input, makeApply('build', 'later')))).toEqual(['image.build later']);
  });
});
