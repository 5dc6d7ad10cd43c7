import type { Environment } from '@devstead/environment';
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
import { type PlanUpInput, planUp } from './plan-up.ts';
import { renderPlan } from './render-plan.ts';
import type { Observed, Plan } from './types.ts';

const shop = makeEnvironment({
  containers: [
    makeContainer('web', {
      endpoints: [{ name: 'http', port: 8080, exposure: 'public', protocol: 'http', secure: false }],
    }),
    makeContainer('db', { mounts: [{ volume: 'data', path: '/data' }] }),
  ],
  volumes: [{ name: 'data', ephemeral: false }],
  commands: [makeCommand('install', 'web'), makeCommand('seed', 'db')],
  events: { preStart: ['install'], postStart: ['seed'], preStop: [], postStop: [] },
});

/** The same with other containers, commands or events. */
function shopWith(parts: Partial<Environment>): Environment {
  return { ...shop, ...parts };
}

const stored = { ...nothing, images: { web: 'sha256:web', db: 'sha256:db' } };
const running = imagine(stored, planUp(askUp(shop, stored)));

/** The ids and causes of a plan's steps, without what each is made of. */
function outline(plan: Plan): string[] {
  return renderPlan(plan)
    .split('\n')
    .filter((line) => /^ ?\d|note:|nothing/.test(line))
    .map((line) => line.trim().replace(/^\d+ +/, ''));
}

function outlineUp(environment: Environment, observed: Observed, change: Partial<PlanUpInput> = {}): string[] {
  return outline(planUp(askUp(environment, observed, change)));
}

describe('the plan of an up', () => {
  it('makes everything where nothing is', () => {
    expect(renderPlan(planUp(askUp(shop, nothing)))).toBe(`up shop
 1  image.build web  (it is not in the local store)
 2  image.build db  (it is not in the local store)
 3  sandbox.start  (the workspace is not running)
 4  container.start web  (it does not exist)
      image    web (web)
      program  serve
      user     1000:0 in /, commands in /
      env      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
 5  container.start db  (it does not exist)
      image    db (db)
      program  serve
      user     1000:0 in /, commands in /
      mount    /data <- volume data
      env      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
 6  network.connect  (commands reach the internet)
 7  container.ready web  (it answers: port 8080)
 8  container.ready db  (it runs)
 9  ports.publish  (endpoints are reached from the machine)
      127.0.0.1:20001 -> web:8080 http (public)
10  command.run preStart 1 install  (preStart names it)
      in web: make install
11  event.finish preStart  (it is not repeated while the workspace runs)
12  command.run postStart 1 seed  (postStart names it)
      in db: make seed
13  event.finish postStart  (it is not repeated while the workspace runs)
`);
  });

  it('says what waits for what', () => {
    const { steps } = planUp(askUp(shop, nothing));
    expect(Object.fromEntries(steps.map(({ id, after }) => [id, after]))).toEqual({
      'image.build web': [],
      'image.build db': [],
      'sandbox.start': [],
      'network.connect': ['sandbox.start'],
      'container.start web': ['sandbox.start', 'image.build web'],
      'container.start db': ['sandbox.start', 'image.build db'],
      'container.ready web': ['container.start web'],
      'container.ready db': ['container.start db'],
      'ports.publish': ['sandbox.start', 'container.ready web', 'container.ready db'],
      'command.run preStart 1 install': ['container.start web', 'network.connect'],
      'event.finish preStart': ['command.run preStart 1 install'],
      'command.run postStart 1 seed': [
        'container.ready web',
        'container.ready db',
        'event.finish preStart',
        'network.connect',
      ],
      'event.finish postStart': ['command.run postStart 1 seed'],
    });
  });

  it('is empty when all runs as described', () => {
    expect(renderPlan(planUp(askUp(shop, running)))).toBe('up shop\n    nothing to do\n');
  });

  it('builds only the images that are missing', () => {
    const images = { web: 'sha256:web' };
    expect(outlineUp(shop, { ...nothing, images })[0]).toBe('image.build db  (it is not in the local store)');
    expect(outlineUp(shop, { ...nothing, images })[1]).toMatch(/^sandbox.start/);
  });

  it('builds one image once for two containers', () => {
    const twins = shopWith({
      containers: [makeContainer('a', { image: 'same' }), makeContainer('b', { image: 'same' })],
      events: makeEnvironment().events,
    });
    const { steps } = planUp(askUp(twins, nothing));
    expect(steps.filter(({ kind }) => kind === 'image.build').map(({ id }) => id)).toEqual(['image.build same']);
  });

  it('builds a stale image and makes its containers anew', () => {
    const plan = planUp(askUp(shop, running, { staleImages: ['db'] }));
    expect(outline(plan)).toEqual([
      'supervisor.stop  (containers change)',
      'image.build db  (its recipe changed)',
      'container.stop db  (its image changed)',
      'container.start db  (its image changed)',
      'container.ready db  (it runs)',
      'ports.publish  (endpoints are reached from the machine)',
    ]);
    expect(plan.steps).toContainEqual(expect.objectContaining({ kind: 'container.start', isNewLayer: true }));
  });

  it('makes a stopped container anew when its image is another one by now', () => {
    const stopped = { ...stored, containers: imagine(running, { title: '', steps: stopAll, notes: [] }).containers };
    const start = (observed: Observed): unknown =>
      planUp(askUp(shop, observed)).steps.find(({ id }) => id === 'container.start db');
    expect(start(stopped)).toMatchObject({ isNewLayer: false, cause: 'it is stopped' });
    const rebuilt = { ...stopped, images: { ...stopped.images, db: 'sha256:other' } };
    expect(start(rebuilt)).toMatchObject({ isNewLayer: true, cause: 'its image changed' });
  });

  it('waits for the end of a container that a stop asked to end, and starts it again', () => {
    const { db } = running.containers;
    if (db === undefined) throw new Error('there is no db');
    const cutOff = {
      ...running,
      isSupervised: false,
      containers: { ...running.containers, db: { ...db, isEnding: true as const } },
    };
    const plan = planUp(askUp(shop, cutOff));
    expect(outline(plan)).toEqual([
      'container.stop db  (it was being stopped)',
      'container.start db  (it was being stopped)',
      'container.ready db  (it runs)',
      'ports.publish  (the supervisor is gone)',
    ]);
    expect(plan.steps.find(({ kind }) => kind === 'container.start')).toMatchObject({
      isNewLayer: false,
      after: ['container.stop db'],
    });
  });

  it('replaces only the container whose description changed, and keeps its layer', () => {
    const changed = shopWith({
      containers: shop.containers.map((c) => (c.name === 'db' ? { ...c, env: [{ name: 'LEVEL', value: '2' }] } : c)),
    });
    const plan = planUp(askUp(changed, running));
    expect(outline(plan)).toEqual([
      'supervisor.stop  (containers change)',
      'container.stop db  (its description changed)',
      'container.start db  (its description changed)',
      'container.ready db  (it runs)',
      'ports.publish  (endpoints are reached from the machine)',
    ]);
    expect(plan.steps.find(({ kind }) => kind === 'container.start')).toMatchObject({
      isNewLayer: false,
      after: ['supervisor.stop', 'container.stop db'],
    });
  });

  it('makes containers anew that are to be, although nothing changed', () => {
    const plan = planUp(askUp(shop, running, { recreates: ['db'] }));
    expect(outline(plan)).toEqual([
      'supervisor.stop  (containers change)',
      'container.stop db  (it is to be made anew)',
      'container.start db  (it is to be made anew)',
      'container.ready db  (it runs)',
      'ports.publish  (endpoints are reached from the machine)',
    ]);
    expect(plan.steps).toContainEqual(expect.objectContaining({ kind: 'container.start', isNewLayer: true }));
    expect(outlineUp(shop, stored, { recreates: ['db'] })).toContain('container.start db  (it does not exist)');
  });

  it('leaves containers whose image is another one by now, where they are to stay', () => {
    const rebuilt = { ...running, images: { ...running.images, db: 'sha256:other' } };
    expect(outlineUp(shop, rebuilt)).toContain('container.stop db  (its image changed)');
    expect(outlineUp(shop, rebuilt, { keepsMade: true })).toEqual(['nothing to do']);
  });

  it('ends and removes a container that is no longer described', () => {
    const { containers, events } = shopWith({
      containers: shop.containers.slice(0, 1),
      events: makeEnvironment().events,
    });
    expect(outlineUp(shopWith({ containers, events }), running)).toEqual([
      'supervisor.stop  (containers change)',
      'container.stop db  (the devfile no longer has it)',
      'container.remove db  (the devfile no longer has it)',
      'ports.publish  (endpoints are reached from the machine)',
    ]);
  });

  it('starts a container that ended by itself, and says with which code', () => {
    const db = running.containers['db'];
    if (db === undefined) throw new Error('db is missing');
    const exited = {
      ...running,
      containers: { ...running.containers, db: { ...db, state: 'exited' as const, exitCode: 3 } },
    };
    expect(outlineUp(shop, exited)).toEqual([
      'supervisor.stop  (containers change)',
      'container.start db  (it ended with code 3)',
      'container.ready db  (it runs)',
      'ports.publish  (endpoints are reached from the machine)',
    ]);
  });

  it('starts another supervisor for one that is gone', () => {
    const alone = { ...running, isSupervised: false, publishedPorts: {} };
    expect(outlineUp(shop, alone)).toEqual(['ports.publish  (the supervisor is gone)']);
  });

  it('connects a network that lost its way out', () => {
    expect(outlineUp(shop, { ...running, isConnected: false })).toEqual([
      'network.connect  (commands reach the internet)',
    ]);
  });

  it('publishes anew when ports changed, were added or were taken away', () => {
    const port = askUp(shop, running).ports[0];
    if (port === undefined) throw new Error('no port');
    const again = ['supervisor.stop  (ports change)', 'ports.publish  (endpoints are reached from the machine)'];
    expect(outlineUp(shop, running, { ports: [{ ...port, hostPort: 20_002 }] })).toEqual(again);
    expect(outlineUp(shop, running, { ports: [port, { ...port, endpoint: 'more', hostPort: 20_003 }] })).toEqual(again);
    expect(outlineUp(shop, running, { ports: [] })).toEqual(again);
  });

  it('clears the remains of a start that was cut off before anything else', () => {
    const plan = planUp(askUp(shop, { ...stored, hasRemains: true }));
    expect(outline(plan).slice(0, 2)).toEqual([
      'remains.remove  (an earlier start was cut off)',
      'sandbox.start  (the workspace is not running)',
    ]);
    expect(plan.steps[1]?.after).toEqual(['remains.remove']);
  });
});

const stopAll: Plan['steps'] = [
  { id: 'supervisor.stop', kind: 'supervisor.stop', cause: '', after: [] },
  { id: 'container.stop web', kind: 'container.stop', container: 'web', cause: '', after: [] },
  { id: 'container.stop db', kind: 'container.stop', container: 'db', cause: '', after: [] },
  { id: 'sandbox.stop', kind: 'sandbox.stop', cause: '', after: [] },
];

describe('the events of an up', () => {
  it('go on after what ended well', () => {
    expect(outlineUp(shop, { ...running, finishedEvents: ['preStart'] })).toEqual([
      'command.run postStart 1 seed  (postStart names it)',
      'event.finish postStart  (it is not repeated while the workspace runs)',
    ]);
    expect(outlineUp(shop, { ...running, finishedEvents: [] })).toEqual([
      'command.run preStart 1 install  (preStart names it)',
      'event.finish preStart  (it is not repeated while the workspace runs)',
      'command.run postStart 1 seed  (postStart names it)',
      'event.finish postStart  (it is not repeated while the workspace runs)',
    ]);
  });

  it('are left out when commands are not wanted', () => {
    const plan = outlineUp(shop, stored, { runsCommands: false });
    expect(plan).toHaveLength(7);
    expect(plan.join()).not.toMatch(/command\.run|event\.finish/);
    expect(outlineUp(shop, { ...running, finishedEvents: [] }, { runsCommands: false })).toEqual(['nothing to do']);
  });

  it('run the members of a composite one after the other, of a parallel one at once', () => {
    const environment = shopWith({
      commands: [
        ...['a', 'b', 'c', 'd'].map((id) => makeCommand(id, 'web')),
        makeComposite('both', ['b', 'c'], true),
        makeComposite('all', ['a', 'both', 'd'], false),
      ],
      events: { preStart: ['all', 'a'], postStart: [], preStop: [], postStop: [] },
    });
    const { steps } = planUp(askUp(environment, { ...running, finishedEvents: [] }));
    expect(Object.fromEntries(steps.map(({ id, after }) => [id.replace('command.run preStart ', ''), after]))).toEqual({
      '1 a': [],
      '2 b': ['command.run preStart 1 a'],
      '3 c': ['command.run preStart 1 a'],
      '4 d': ['command.run preStart 2 b', 'command.run preStart 3 c'],
      '5 a': ['command.run preStart 4 d'],
      'event.finish preStart': ['command.run preStart 5 a'],
    });
  });

  it('note what is applied, and run the rest', () => {
    const environment = shopWith({
      commands: [makeApply('use-db', 'db'), ...shop.commands],
      events: { preStart: ['use-db'], postStart: ['use-db', 'seed'], preStop: [], postStop: [] },
    });
    expect(outlineUp(environment, { ...running, finishedEvents: [] })).toEqual([
      'command.run postStart 1 seed  (postStart names it)',
      'event.finish postStart  (it is not repeated while the workspace runs)',
      'note: use-db applies db, which starts with the workspace',
    ]);
  });
});

describe('the projects of an up', () => {
  const cloned = shopWith({
    projects: [
      {
        name: 'api',
        clonePath: 'api',
        git: { remotes: { origin: 'https://git.example/api' }, checkoutRemote: 'origin' },
      },
      { name: 'ui', clonePath: './front/ui/', git: { remotes: { o: 'https://git.example/ui' }, checkoutRemote: 'o' } },
    ],
    events: makeEnvironment().events,
  });

  it('are cloned before the sandbox is made', () => {
    const plan = planUp(askUp(cloned, stored));
    expect(renderPlan(plan).split('\n').slice(1, 6)).toEqual([
      ' 1  project.clone api  (its sources are not there)',
      '      https://git.example/api -> api',
      ' 2  project.clone ui  (its sources are not there)',
      '      https://git.example/ui -> ./front/ui/',
      ' 3  sandbox.start  (the workspace is not running)',
    ]);
    expect(plan.steps[2]?.after).toEqual(['project.clone api', 'project.clone ui']);
  });

  it('are cloned one by one: what is there stays, what failed is fetched again', () => {
    expect(outlineUp(cloned, { ...stored, projects: ['api'] })[0]).toMatch(/^project.clone ui /);
    expect(outlineUp(cloned, { ...stored, projects: ['api', './front/ui/'] })[0]).toMatch(/^sandbox.start /);
  });

  it('are there before a container of a running workspace is started', () => {
    const plan = planUp(askUp(cloned, { ...running, containers: {} }));
    const start = plan.steps.find(({ kind }) => kind === 'container.start');
    expect(start?.after).toEqual(expect.arrayContaining(['project.clone api', 'project.clone ui']));
  });
});
