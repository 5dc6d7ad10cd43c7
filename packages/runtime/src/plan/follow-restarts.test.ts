import { expect, it } from 'vitest';
import type { ContainerSpec, StartCondition } from './container-spec.ts';
import { askUp, makeContainer, makeEnvironment, nothing } from './environment.fixture.ts';
import { imagine } from './imagined-machine.fixture.ts';
import { listDown, planHold, planRestart } from './plan-restart.ts';
import { planUp } from './plan-up.ts';
import type { Observed, Plan } from './types.ts';

const on = (container: string, more: Partial<StartCondition> = {}): StartCondition => ({
  container,
  condition: 'started',
  isRequired: true,
  ...more,
});

function specOf(name: string, startsAfter: readonly StartCondition[] = []): ContainerSpec {
  const [spec] = askUp(makeEnvironment({ containers: [makeContainer(name)] }), nothing).specs;
  if (spec === undefined) throw new Error(`${name} has no spec`);
  return { ...spec, startsAfter };
}

const specs = [
  specOf('web', [on('api', { restarts: true })]),
  specOf('api', [on('db', { restarts: true })]),
  specOf('cache', [on('db')]),
  specOf('db'),
];
const environment = makeEnvironment({ containers: specs.map(({ name }) => makeContainer(name)) });
const images = Object.fromEntries(specs.map(({ name }) => [name, `sha256:${name}`]));
const plan = (observed: Observed): Plan => planUp({ ...askUp(environment, observed), specs });
const running = imagine({ ...nothing, images }, plan({ ...nothing, images }));

it('an up starts those anew that ask for it when one they depend on is, and what depends on them', () => {
  expect(plan(running).steps).toEqual([]);
  const { db, ...others } = running.containers;
  if (db === undefined) throw new Error('it runs');
  const ended = plan({ ...running, containers: { ...others, db: { ...db, state: 'exited', exitCode: 1 } } });
  expect(ended.steps.map(({ id }) => id).filter((id) => /container\.(stop|start) /.test(id))).toEqual([
    'container.stop api',
    'container.stop web',
    'container.start db',
    'container.start api',
    'container.start web',
  ]);
});

it('a container that does not run stands still until a restart makes it what it was', () => {
  const { db } = running.containers;
  if (db === undefined) throw new Error('it runs');
  const ended = {
    ...running,
    containers: { ...running.containers, db: { ...db, state: 'exited' as const, exitCode: 1 } },
  };
  expect(listDown(ended, ['api', 'db', 'nobody'])).toEqual(['db']);
  const [stop, start] = planHold('hold', ended, ['db'], 'its files come').steps;
  // Whose end is asked for is started by nobody else.
  expect(stop).toMatchObject({ id: 'container.stop db', after: [] });
  expect(start).toMatchObject({ spec: { argv: [], checks: [] }, isNewLayer: false, after: ['container.stop db'] });
  if (start?.kind !== 'container.start') throw new Error('it is started');
  const { spec, specHash } = start;
  const held = { ...running, containers: { ...running.containers, db: { ...db, spec, specHash } } };
  // Left so by a command that was cut off, it is mended by the next one.
  expect(plan(held).steps.map(({ id }) => id)).toContain('container.start db');
  expect(planRestart('restart', held, ['db'], 'its files changed', new Map([['db', db]])).steps).toMatchObject([
    { id: 'container.stop db' },
    { id: 'container.start db', spec: db.spec, specHash: db.specHash },
  ]);
  expect(planRestart('restart', held, ['db'], 'its files changed').steps).toEqual([]);
});

it('a restart ends what runs and starts it as it was made, with its own files', () => {
  const { steps } = planRestart('restart', running, ['db', 'nobody'], 'its files changed');
  expect(steps).toMatchObject([
    { id: 'container.stop db', after: [] },
    {
      id: 'container.start db',
      after: ['container.stop db'],
      isNewLayer: false,
      specHash: running.containers['db']?.specHash,
    },
  ]);
});
