import type { Devfile } from '@devstead/devfile';

/** A command that applies a component, and its place among the commands. */
export interface Application {
  readonly id: string;
  readonly index: number;
}

/** The apply commands that name a component, in the devfile's order. */
export function listApplications({ commands = [] }: Devfile, component: string): readonly Application[] {
  return commands.flatMap(({ id, apply }, index) => (apply?.component === component ? [{ id, index }] : []));
}

/**
 * The apply commands that start a container: with one, it does not start by itself (devfile 2, description of
 * `apply`). A container that exec commands run in is needed from the beginning, whoever else names it, as on a cluster;
 * none then.
 */
export function listStarters(devfile: Devfile, container: string): readonly Application[] {
  const isUsed = (devfile.commands ?? []).some(({ exec }) => exec?.component === container);
  return isUsed ? [] : listApplications(devfile, container);
}
