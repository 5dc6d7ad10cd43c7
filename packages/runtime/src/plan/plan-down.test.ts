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
import { type PlanDownInput, planDown, planSignal, planStop, withGrace } from './plan-down.ts';
import { planUp } from './plan-up.ts';
import { renderPlan } from './render-plan.ts';

const shop = makeEnvironment({
  containers: [
    makeContainer('web', { mounts: [{ volume: 'scratch', path: '/scratch' }] }),
    makeContainer('db', { mounts: [{ volume: 'data', path: '/data' }] }),
  ],
  volumes: [
    { name: 'data', ephemeral: false },
    { name: 'scratch', ephemeral: true },
  ],
  commands: [makeCommand('save', 'db'), makeCommand('bye', 'web'), makeApply('use', 'web')],
  events: { preStart: [], postStart: [], preStop: ['save', 'bye'], postStop: [] },
});
const running = imagine(nothing, planUp(askUp(shop, nothing)));
const base: PlanDownInput = {
  name: 'shop',
  environment: shop,
  observed: running,
  runsCommands: true,
  removesVolumes: false,
};

describe('a time to end that is given', () => {
  it('is that of every container that is asked to end, and of none that gets a signal', () => {
    const graces = (plan: ReturnType<typeof planStop>): unknown[] =>
      withGrace(plan, 500).steps.flatMap((step) => (step.kind === 'container.stop' ? [step.graceMs] : []));
    expect(graces(planStop(base))).toEqual([500, 500]);
    expect(graces(planSignal('kill', running, ['web'], 'SIGHUP'))).toEqual([undefined]);
  });
});

describe('the plan of a stop', () => {
  it('ends what runs in reverse order, and keeps all but ephemeral volumes', () => {
    const plan = planStop(base);
    expect(renderPlan(plan)).toBe(`stop shop
 1  command.run preStop 1 save  (preStop names it)
      in db: make save
 2  command.run preStop 2 bye  (preStop names it)
      in web: make bye
 3  supervisor.stop  (the workspace is being stopped)
 4  container.stop db  (the workspace is being stopped)
 5  container.stop web  (the workspace is being stopped)
 6  sandbox.stop  (the workspace is being stopped)
 7  volume.remove scratch  (it is ephemeral)
`);
    expect(plan.steps.map(({ after }) => after)).toEqual([
      [],
      ['command.run preStop 1 save'],
      ['command.run preStop 2 bye'],
      ['supervisor.stop'],
      ['supervisor.stop'],
      ['container.stop db', 'container.stop web'],
      ['sandbox.stop'],
    ]);
  });

  it('goes on when a preStop command fails', () => {
    const commands = planStop(base).steps.filter((step) => step.kind === 'command.run');
    expect(commands.map(({ isBestEffort }) => isBestEffort)).toEqual([true, true]);
  });

  it('runs no commands where none are wanted, and none in containers that do not run', () => {
    expect(renderPlan(planStop({ ...base, runsCommands: false }))).not.toContain('command.run');
    const { db, ...containers } = running.containers;
    if (db === undefined) throw new Error('db is missing');
    const observed = { ...running, containers: { ...containers, db: { ...db, state: 'exited' as const } } };
    const ids = planStop({ ...base, observed }).steps.map(({ id }) => id);
    expect(ids).toEqual([
      'command.run preStop 1 bye',
      'supervisor.stop',
      'container.stop web',
      'sandbox.stop',
      'volume.remove scratch',
    ]);
  });

  it('has nothing to do where nothing runs', () => {
    expect(renderPlan(planStop({ ...base, observed: nothing }))).toBe('stop shop\n    nothing to do\n');
  });

  it('clears the remains of a start that was cut off', () => {
    const observed = { ...nothing, hasRemains: true };
    expect(planStop({ ...base, observed }).steps.map(({ id }) => id)).toEqual(['sandbox.stop']);
  });

  it('ends containers of an environment that can no longer be read', () => {
    const ids = planStop({ ...base, environment: undefined }).steps.map(({ id }) => id);
    expect(ids).toEqual(['supervisor.stop', 'container.stop db', 'container.stop web', 'sandbox.stop']);
  });

  it('says what its events name and is not run', () => {
    const environment = { ...shop, events: { ...shop.events, preStop: ['use'], postStop: ['use', 'bye'] } };
    const applied = [
      'preStop: use applies web, which is not started at the end',
      'postStop: use applies web, which is not started at the end',
    ];
    expect(planStop({ ...base, environment }).notes).toEqual(applied);
    const missed = 'postStop: bye is not run: its container was not running, or its image was made anew';
    expect(planStop({ ...base, environment, observed: nothing }).notes).toEqual([...applied, missed]);
    expect(planStop({ ...base, environment, runsCommands: false }).notes).toEqual([]);
  });
});

describe('postStop', () => {
  const environment = {
    ...shop,
    commands: [...shop.commands, makeComposite('both', ['save', 'bye'], true)],
    events: { ...shop.events, preStop: [], postStop: ['bye', 'save', 'bye'] },
  };
  const { db, web } = running.containers;
  if (db?.spec === undefined || web?.spec === undefined) throw new Error('db or web is missing');

  it('runs when all programs have ended, each container started once more with nothing else in it', () => {
    const plan = planStop({ ...base, environment });
    expect(renderPlan(plan)).toBe(`stop shop
 1  supervisor.stop  (the workspace is being stopped)
 2  container.stop db  (the workspace is being stopped)
 3  container.stop web  (the workspace is being stopped)
 4  container.start web  (postStop runs in it)
      image    web (web)
      program  none: postStop runs in it
      user     1000:0 in /, commands in /
      mount    /scratch <- volume scratch
      env      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
 5  container.start db  (postStop runs in it)
      image    db (db)
      program  none: postStop runs in it
      user     1000:0 in /, commands in /
      mount    /data <- volume data
      env      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
 6  command.run postStop 1 bye  (postStop names it)
      in web: make bye
 7  command.run postStop 2 save  (postStop names it)
      in db: make save
 8  command.run postStop 3 bye  (postStop names it)
      in web: make bye
 9  sandbox.stop  (the workspace is being stopped)
10  volume.remove scratch  (it is ephemeral)
`);
    const stops = ['container.stop db', 'container.stop web'];
    expect(plan.steps.slice(3, 9).map(({ after }) => after)).toEqual([
      stops,
      stops,
      ['container.start web'],
      ['container.start db', 'command.run postStop 1 bye'],
      ['container.start web', 'command.run postStop 2 save'],
      ['command.run postStop 3 bye'],
    ]);
  });

  it('leaves a container as one that its own up knows again', () => {
    const after = imagine(running, planStop({ ...base, environment }));
    expect(after.containers['db']).toMatchObject({ state: 'stopped', specHash: db.specHash });
    expect(imagine(after, planUp(askUp(environment, after))).containers).toEqual(running.containers);
  });

  it('is over when all of it is, and hinders nothing by failing', () => {
    const events = { ...environment.events, postStop: ['both'] };
    const { steps } = planStop({ ...base, environment: { ...environment, events } });
    const commands = steps.filter((step) => step.kind === 'command.run');
    expect(commands.map(({ isBestEffort }) => isBestEffort)).toEqual([true, true]);
    expect(steps.find(({ kind }) => kind === 'sandbox.stop')?.after).toEqual(commands.map(({ id }) => id));
  });

  it('is noted where its container did not run, or where nobody knows what it was made from', () => {
    const { spec: _unknown, ...withoutSpec } = db;
    for (const found of [
      withoutSpec,
      { ...db, imageDigest: 'another' },
      { ...db, state: 'exited' as const },
      { ...db, state: 'stopped' as const },
    ]) {
      const { steps, notes } = planStop({
        ...base,
        environment,
        observed: { ...running, containers: { web, db: found } },
      });
      const commands = steps.filter(({ kind }) => kind === 'command.run').map(({ id }) => id);
      expect(commands).toEqual(['command.run postStop 1 bye', 'command.run postStop 2 bye']);
      expect(steps.map(({ id }) => id)).not.toContain('container.start db');
      expect(notes).toEqual(['postStop: save is not run: its container was not running, or its image was made anew']);
    }
  });

  it('starts nothing where no commands are wanted', () => {
    const { steps } = planStop({ ...base, environment, runsCommands: false });
    expect(steps.map(({ kind }) => kind)).not.toContain('container.start');
  });

  it('is part of a down too, before the workspace is removed', () => {
    const kinds = planDown({ ...base, environment }).steps.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'command.run')).toHaveLength(3);
    expect(kinds.slice(-3)).toEqual(['sandbox.stop', 'volume.remove', 'workspace.remove']);
  });
});

describe('the plan of a down', () => {
  it('ends what runs and removes the workspace, but no named volume', () => {
    const plan = planDown(base);
    expect(plan.steps.slice(0, -1)).toEqual(
      planStop(base).steps.map((step) => {
        if (step.kind === 'volume.remove') return { ...step, endsWorkspace: true };
        return step.kind === 'command.run' ? step : { ...step, cause: 'the workspace is being removed' };
      }),
    );
    expect(plan.steps.at(-1)).toMatchObject({ kind: 'workspace.remove', keepsVolumes: true });
  });

  it('removes each volume once when asked to', () => {
    const steps = planDown({ ...base, removesVolumes: true }).steps.slice(-3);
    expect(steps.map(({ id, cause }) => `${id}: ${cause}`)).toEqual([
      'volume.remove scratch: it is ephemeral',
      'volume.remove data: --volumes was given',
      'workspace.remove: the workspace is being removed',
    ]);
    expect(steps.at(-1)).toMatchObject({ keepsVolumes: false });
    // All at the same time.
    expect(steps[1]?.after).toEqual(steps[0]?.after);
  });

  it('removes what lies on disk where nothing runs', () => {
    expect(renderPlan(planDown({ ...base, observed: nothing }))).toBe(
      'down shop\n 1  workspace.remove  (the workspace is being removed)\n',
    );
  });
});
