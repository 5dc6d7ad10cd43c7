import type { Environment } from '@devstead/environment';
import { AppError, findNearNames } from '@devstead/kit';

/** How many containers of a service are wanted. */
export interface Scale {
  readonly service: string;
  readonly count: number;
}

const mostContainers = 100;

/** Gathers `SERVICE=N` words. Throws USAGE. */
export function addScale(word: string, before: readonly Scale[] | undefined): Scale[] {
  const [, service, digits] = /^([^=]+)=(\d{1,9})$/.exec(word) ?? [];
  const count = Number(digits);
  if (service === undefined || count > mostContainers)
    throw new AppError('USAGE', `${word} is not SERVICE=N with N from 0 to ${mostContainers}`);
  return [...(before ?? []), { service, count }];
}

/** The environment with as many containers of services as are asked for. Throws UNKNOWN_CONTAINER. */
export function scaleServices(environment: Environment, scales: readonly Scale[]): Environment {
  const known = environment.containers.map(({ name }) => name);
  for (const { service } of scales) {
    if (known.includes(service)) continue;
    const near = findNearNames(service, known);
    const hint = near.length === 0 ? {} : { hint: `Did you mean ${near.join(' or ')}?` };
    throw new AppError('UNKNOWN_CONTAINER', `no such service: ${service}`, hint);
  }
  return {
    ...environment,
    containers: environment.containers.map((container) => {
      const scale = scales.findLast(({ service }) => service === container.name);
      return scale === undefined || container.service === undefined
        ? container
        : { ...container, service: { ...container.service, replicas: scale.count } };
    }),
  };
}

/**
 * The environment with as many containers of services as were asked for before (`--scale`), but for those named: what is done
 * to one service takes no containers from another.
 */
export function keepScale(
  environment: Environment,
  before: Environment | undefined,
  but: readonly string[] = [],
): Environment {
  const containers = environment.containers.map((container) => {
    const { name, service } = container;
    const replicas = before?.containers.find((one) => one.name === name)?.service?.replicas;
    if (service === undefined || replicas === undefined || but.includes(name)) return container;
    return { ...container, service: { ...service, replicas } };
  });
  return { ...environment, containers };
}
