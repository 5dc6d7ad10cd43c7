import { describe, expect, it } from 'vitest';
import { askUp, makeApply, makeCommand, makeContainer, makeEnvironment, nothing } from './environment.fixture.ts';
import { imagine } from './imagined-machine.fixture.ts';
import { type PlanDownInput, planDown, planStop } from './plan-down.ts';
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
    const events = { ...shop.events, preStop: ['use'], postStop: ['use', 'bye'] };
    const environment = { ...shop, events };
    expect(planStop({ ...base, environment }).notes).toEqual([
      'preStop: use applies web, which runs with the workspace as it is',
      'postStop: use is not run: the containers have ended by then',
      'postStop: bye is not run: the containers have ended by then',
    ]);
    expect(planStop({ ...base, environment, runsCommands: false }).notes).toEqual([]);
  });
});

describe('the plan of a down', () => {
  it('ends what runs and removes the workspace, but no named volume', () => {
    const plan = planDown(base);
    expect(plan.steps.slice(0, -1)).toEqual(
      planStop(base).steps.map((step) => {
        return step.kind === 'command.run' || step.kind === 'volume.remove'
          ? step
          : { ...step, cause: 'the workspace is being removed' };
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
  });

  it('removes what lies on disk where nothing runs', () => {
    expect(renderPlan(planDown({ ...base, observed: nothing }))).toBe(
      'down shop\n 1  workspace.remove  (the workspace is being removed)\n',
    );
  });
});
