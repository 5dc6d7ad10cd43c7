import { keepAlive } from './keep-alive.ts';
import type { Observed, ObservedContainer, Plan, Step } from './types.ts';

/** The hash of what is not as anybody described it: the next `up` makes it what it is to be. */
const heldHash = 'held';

/** What containers were made as before they were held, by their names. */
export type HeldContainers = ReadonlyMap<string, ObservedContainer>;

/**
 * Ends containers and starts them again as they were made, with the files they have; those that are held become what they
 * were. Nobody else starts them meanwhile: what is asked to end is left by the supervisor.
 */
export function planRestart(
  title: string,
  observed: Observed,
  names: readonly string[],
  cause: string,
  held: HeldContainers = new Map(),
): Plan {
  const steps = names.flatMap((container): Step[] => {
    const found = observed.containers[container];
    return startAnew(container, found?.specHash === heldHash ? held.get(container) : found, cause);
  });
  return { title, steps, notes: [] };
}

/** Containers that are there and do not run. */
export function listDown({ containers }: Observed, names: readonly string[]): string[] {
  return names.filter((name) => containers[name] !== undefined && containers[name].state !== 'running');
}

/**
 * Starts containers that do not run with nothing of their own to run, so that something can be done in them: a program
 * that ends at once for what is in its files would leave no time for it.
 */
export function planHold(title: string, observed: Observed, names: readonly string[], cause: string): Plan {
  const steps = names.flatMap((container): Step[] => {
    const found = observed.containers[container];
    if (found?.spec === undefined) return [];
    return startAnew(container, { ...found, spec: keepAlive(found.spec, cause), specHash: heldHash }, cause);
  });
  return { title, steps, notes: [] };
}

function startAnew(container: string, found: ObservedContainer | undefined, cause: string): Step[] {
  if (found?.spec === undefined) return [];
  const { spec, specHash } = found;
  const stop = `container.stop ${container}`;
  const start = { id: `container.start ${container}`, spec, specHash, isNewLayer: false, cause, after: [stop] };
  return [
    { id: stop, kind: 'container.stop', container, cause, after: [] },
    { kind: 'container.start', ...start },
  ];
}
