import type { ContainerSpec } from './container-spec.ts';

/**
 * Containers so that each comes after those it waits for, otherwise as they were given; those of a circle, which a
 * reader refuses, at the end.
 */
export function orderStarts(specs: readonly ContainerSpec[]): ContainerSpec[] {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const ordered = new Set<ContainerSpec>();
  const visiting = new Set<ContainerSpec>();
  const visit = (spec: ContainerSpec): void => {
    if (ordered.has(spec) || visiting.has(spec)) return;
    visiting.add(spec);
    for (const name of namesBefore(spec)) {
      const before = byName.get(name);
      if (before !== undefined) visit(before);
    }
    visiting.delete(spec);
    ordered.add(spec);
  };
  for (const spec of specs) visit(spec);
  return [...ordered];
}

/** Names of the containers that must be there before a container starts. */
export function namesBefore({ startsAfter = [], networkOf }: ContainerSpec): string[] {
  return [...startsAfter.map(({ container }) => container), ...(networkOf === undefined ? [] : [networkOf])];
}

/** True of a container that others wait for until it has done what it is there for. */
export function isJob({ name }: ContainerSpec, specs: readonly ContainerSpec[]): boolean {
  return specs.some(({ startsAfter = [] }) =>
    startsAfter.some(({ container, condition }) => container === name && condition === 'completed'),
  );
}
