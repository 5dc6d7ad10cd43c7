import type { Observed, Plan, Step } from './types.ts';

/**
 * Ends containers that run and starts them again as they were made, with the files they have. Nobody else starts them
 * meanwhile: what is asked to end is left by the supervisor.
 */
export function planRestart(title: string, observed: Observed, names: readonly string[], cause: string): Plan {
  const steps = names.flatMap((container): Step[] => {
    const { state, spec, specHash } = observed.containers[container] ?? {};
    if (state !== 'running' || spec === undefined || specHash === undefined) return [];
    const stop = `container.stop ${container}`;
    const start = { id: `container.start ${container}`, spec, specHash, isNewLayer: false, cause, after: [stop] };
    return [
      { id: stop, kind: 'container.stop', container, cause, after: [] },
      { kind: 'container.start', ...start },
    ];
  });
  return { title, steps, notes: [] };
}
