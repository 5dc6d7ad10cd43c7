import type { Container, Environment, WatchRule } from '@devstead/environment';
import { listContainerNames } from '@devstead/environment/replicas';
import { AppError } from '@devstead/kit';

/** A service with rules of `develop.watch`. */
export interface WatchedService {
  readonly name: string;
  readonly containers: readonly string[];
  readonly build?: NonNullable<Container['service']>['build'];
  readonly rules: readonly WatchRule[];
}

/**
 * The services that are watched: those named, else all that have rules (Compose Develop Specification). Throws
 * COMPOSE_INVALID, with the place, where there are none, or where a rule would build what has no `build`.
 */
export function findWatchedServices(
  { containers, provenance }: Pick<Environment, 'containers' | 'provenance'>,
  names: readonly string[],
): WatchedService[] {
  const watched = containers.flatMap((container): WatchedService[] => {
    const { name, service } = container;
    if (service === undefined || service.watch.length === 0) return [];
    if (names.length > 0 && !names.includes(name)) return [];
    const { build, watch: rules } = service;
    return [{ name, containers: listContainerNames(container), rules, ...(build === undefined ? {} : { build }) }];
  });
  for (const { name, build, rules } of watched) {
    const rule = rules.find(({ action }) => action === 'rebuild');
    if (rule === undefined || build !== undefined) continue;
    const place = provenance[`containers.${name}.service.watch.${rule.path}.action`]?.find(
      ({ line }) => line !== undefined,
    );
    throw new AppError(
      'COMPOSE_INVALID',
      `can't watch service "${name}" with action rebuild without a build context`,
      place === undefined ? {} : { details: [`${place.file ?? ''}:${place.line ?? 1} ${rule.path}`] },
    );
  }
  if (watched.length === 0) {
    throw new AppError(
      'COMPOSE_INVALID',
      "none of the selected services is configured for watch, consider setting a 'develop' section",
      { hint: 'For example: develop: {watch: [{action: sync, path: ./src, target: /app}]}' },
    );
  }
  return watched;
}
