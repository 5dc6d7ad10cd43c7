import type { ContainerSpec } from './container-spec.ts';
import type { Observed, ObservedContainer, Plan, Step } from './types.ts';

/** What would be found after a plan's steps were carried out in the order given (default: as they are listed). */
export function imagine(observed: Observed, plan: Plan, steps: readonly Step[] = plan.steps): Observed {
  return steps.reduce(carryOut, observed);
}

/** Steps in another order that their `after` allows, picked by numbers. */
export function shuffleSteps(plan: Plan, picks: readonly number[]): Step[] {
  const order: Step[] = [];
  const left = [...plan.steps];
  for (let turn = 0; left.length > 0; turn += 1) {
    const done = new Set(order.map(({ id }) => id));
    const ready = left.filter(({ after }) => after.every((id) => done.has(id)));
    const next = ready[(picks[turn % Math.max(1, picks.length)] ?? 0) % ready.length];
    if (next === undefined) throw new Error(`nothing can begin of ${left.map(({ id }) => id).join(', ')}`);
    left.splice(left.indexOf(next), 1);
    order.push(next);
  }
  return order;
}

/** One step on the imagined machine. Throws where a runtime would fail because the step came too early. */
function carryOut(now: Observed, step: Step): Observed {
  const need = (condition: boolean, what: string): void => {
    if (!condition) throw new Error(`${step.id}: ${what}`);
  };
  switch (step.kind) {
    case 'remains.remove':
      return ended(now);
    case 'image.build':
    case 'image.pull':
      need(!now.hasRemains, 'remains are still there');
      return { ...now, images: { ...now.images, [step.image]: `${now.images[step.image] ?? step.image}+` } };
    case 'image.load':
      need(now.images[step.image] !== undefined, 'the store does not have it');
      return now;
    case 'project.clone':
      need(!now.hasRemains, 'remains are still there');
      return { ...now, projects: [...now.projects, step.project.clonePath] };
    case 'starter.fetch':
      need(!now.hasRemains, 'remains are still there');
      return now;
    case 'volumes.copy':
      need(!now.hasRemains && listPrograms(now).length === 0, 'somebody may use the volumes');
      return { ...now, volumes: [...now.volumes, ...step.volumes] };
    case 'worktree.remove':
      need(!now.isSandboxRunning && !now.hasRemains, 'it may be in use');
      return now;
    case 'sandbox.start':
      need(!now.isSandboxRunning && !now.hasRemains, 'another one is still there');
      return {
        ...now,
        isSandboxRunning: true,
        isConnected: false,
        isIndexRelayed: false,
        connectedContainers: [],
        finishedEvents: [],
        publishedPorts: {},
      };
    case 'network.connect':
      need(now.isSandboxRunning, 'there is no sandbox');
      if (step.spec === undefined) return { ...now, isConnected: true };
      return { ...now, connectedContainers: [...now.connectedContainers, step.spec.name] };
    case 'index.connect':
      need(now.isSandboxRunning, 'there is no sandbox');
      return { ...now, isIndexRelayed: true };
    case 'container.create':
    case 'container.start': {
      const isOthers = now.isSupervised && isRestarted(now, step.spec);
      need(now.isSandboxRunning && !isOthers, 'there is no sandbox, or somebody else starts containers');
      need(now.containers[step.spec.name]?.state !== 'running', 'it still runs');
      const imageDigest = now.images[step.spec.imageName];
      if (imageDigest === undefined) throw new Error(`${step.id}: there is no image`);
      if (step.kind === 'container.create') return now;
      const volumes = step.spec.mounts.flatMap((mount) => (mount.type === 'volume' ? [mount.volume] : []));
      const { spec, specHash } = step;
      return {
        ...withContainer(now, spec.name, { state: 'running', spec, specHash, imageDigest, restarts: 0 }),
        volumes: [...new Set([...now.volumes, ...volumes])],
      };
    }
    case 'container.ready':
      need(isRunning(now, step.spec.name), 'it does not run');
      return now;
    case 'container.finish':
      need(isRunning(now, step.spec.name), 'it does not run');
      return withContainer(now, step.spec.name, { ...findRunning(now, step.spec.name), state: 'exited', exitCode: 0 });
    case 'container.stop': {
      const container = findRunning(now, step.container);
      need(!now.isSupervised || container.spec?.applied === 'finish', 'it would be started again');
      return withContainer(now, step.container, { ...container, state: 'exited', exitCode: 0 });
    }
    case 'container.pause':
      return withContainer(now, step.container, { ...findRunning(now, step.container), isPaused: true });
    case 'container.resume': {
      const { isPaused: _, ...container } = findRunning(now, step.container);
      return withContainer(now, step.container, container);
    }
    case 'container.remove': {
      need(!isRunning(now, step.container) && !now.hasRemains, 'it still runs');
      const containers = Object.entries(now.containers).filter(([name]) => name !== step.container);
      return { ...now, containers: Object.fromEntries(containers) };
    }
    case 'command.run':
      need(isRunning(now, step.command.container), 'its container does not run');
      need(step.event !== 'postStop' || listPrograms(now).length === 0, 'a program of the environment still runs');
      return now;
    case 'event.finish':
      return { ...now, finishedEvents: [...now.finishedEvents, step.event] };
    case 'ports.publish':
      need(now.isSandboxRunning && !now.isSupervised, 'there is no sandbox, or a supervisor already');
      return {
        ...now,
        isSupervised: true,
        publishedPorts: Object.fromEntries(step.ports.map(({ endpoint, hostPort }) => [endpoint, hostPort])),
      };
    case 'supervisor.stop':
      return { ...now, isSupervised: false, publishedPorts: {} };
    case 'sandbox.stop':
      need(listPrograms(now).length === 0, 'a container still runs');
      return ended(now);
    case 'volume.remove':
      need(!now.isSandboxRunning && !now.hasRemains, 'it may be in use');
      return { ...now, volumes: now.volumes.filter((volume) => volume !== step.volume) };
    case 'volume.carry':
    case 'runtime.switch':
      need(!now.isSandboxRunning && !now.hasRemains, 'it still runs');
      return now;
    case 'runtime.leave':
      need(!now.isSandboxRunning && !now.hasRemains, 'it still runs');
      return { ...now, containers: {}, volumes: [] };
    case 'workspace.remove':
      need(!now.isSandboxRunning && !now.hasRemains, 'it still runs');
      return { ...now, containers: {}, volumes: step.keepsVolumes ? now.volumes : [] };
  }
}

/** True of what a supervisor may start at any time: what it knows, and is not to end. */
function isRestarted(now: Observed, { name, applied }: ContainerSpec): boolean {
  const state = now.containers[name]?.state;
  return applied === undefined || (applied === 'serve' && (state === 'exited' || state === 'running'));
}

function findRunning(now: Observed, name: string): ObservedContainer {
  const container = now.containers[name];
  if (container?.state !== 'running') throw new Error(`${name} does not run`);
  return container;
}

function isRunning(now: Observed, container: string): boolean {
  return now.containers[container]?.state === 'running';
}

/** What runs, but for the containers that run once more with nothing in them but commands of postStop. */
function listPrograms(now: Observed): string[] {
  const isForPostStop = (name: string): boolean => now.containers[name]?.spec?.keptAlive === 'postStop runs in it';
  return Object.keys(now.containers).filter((name) => isRunning(now, name) && !isForPostStop(name));
}

function withContainer(now: Observed, name: string, container: ObservedContainer): Observed {
  return { ...now, containers: { ...now.containers, [name]: container } };
}

/** Every process of the workspace has ended. */
function ended(now: Observed): Observed {
  const stopped = Object.entries(now.containers).map(([name, container]) => {
    const { exitCode: _code, startedAt: _start, ...rest } = container;
    return [name, { ...rest, state: 'stopped' }] as const;
  });
  return {
    ...now,
    containers: Object.fromEntries(stopped),
    isSandboxRunning: false,
    isConnected: false,
    connectedContainers: [],
    isSupervised: false,
    isIndexRelayed: false,
    publishedPorts: {},
    finishedEvents: [],
    hasRemains: false,
  };
}
