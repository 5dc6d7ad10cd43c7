import type { Environment } from '@devstead/environment';
import { eventCommands } from '@devstead/environment/commands';
import { listContainerNames } from '@devstead/environment/replicas';
import type { Observed } from '../plan/types.ts';

/** Names of the containers that an `up` sees to: what starts by itself, what an event applies, and what runs. */
export function listStarted(
  environment: Environment,
  observed: Observed,
  only: readonly string[] | undefined,
  withoutNeeds = false,
): ReadonlySet<string> {
  if (only !== undefined) return listNeeded(environment, observed, only, withoutNeeds);
  const byEvents = (['preStart', 'postStart', 'postStop'] as const).flatMap((event) =>
    eventCommands(environment, event).flatMap(({ commands }) =>
      commands.flatMap((command) => (command.type === 'apply' ? [command.component] : [])),
    ),
  );
  const { isSandboxRunning, containers } = observed;
  return new Set(
    environment.containers
      .filter(
        ({ name, appliedBy }) =>
          appliedBy === undefined || byEvents.includes(name) || (isSandboxRunning && containers[name] !== undefined),
      )
      .map(({ name }) => name),
  );
}

/** The environment with these containers alone. */
export function keepOnly(environment: Environment, names: ReadonlySet<string>): Environment {
  return { ...environment, containers: environment.containers.filter(({ name }) => names.has(name)) };
}

/** Those named, what they wait for unless that is not wanted, and what runs already. */
function listNeeded(
  environment: Environment,
  observed: Observed,
  only: readonly string[],
  withoutNeeds: boolean,
): ReadonlySet<string> {
  const needed = new Set<string>();
  const need = (name: string): void => {
    const container = environment.containers.find((one) => one.name === name);
    if (container === undefined || needed.has(name)) return;
    needed.add(name);
    for (const { service } of withoutNeeds ? [] : (container.service?.dependsOn ?? [])) need(service);
    if (container.service?.networkOf !== undefined) need(container.service.networkOf);
  };
  for (const name of only) need(name);
  for (const container of environment.containers) {
    const isRunning = listContainerNames(container).some((name) => observed.containers[name]?.state === 'running');
    if (observed.isSandboxRunning && isRunning) needed.add(container.name);
  }
  return needed;
}
