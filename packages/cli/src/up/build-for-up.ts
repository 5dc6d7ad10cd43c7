import type { Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import type { Io } from '../io.ts';
import type { Settings } from '../settings.ts';

interface BuildChoice {
  readonly builds?: 'all' | 'none';
  readonly only?: readonly string[];
  readonly withoutNeeds?: boolean;
  readonly yes?: boolean;
  readonly approvedAs?: string;
}

/**
 * Builds what an environment starts from and the store does not have: images of services with a `build`. Steps of a
 * Dockerfile run what its repository says, so those of one that was fetched need the user's word first. Throws USAGE for want of it.
 */
export async function buildForUp(
  io: Io,
  settings: Settings,
  environment: Environment,
  { builds, only, withoutNeeds = false, yes, approvedAs }: BuildChoice,
  isFetched: boolean,
): Promise<void> {
  if (builds === 'none' || !environment.containers.some(({ service }) => service?.build !== undefined)) return;
  const { buildServices } = await import('../compose/images/build-services.ts');
  const needed = selectNeeded(environment, only, withoutNeeds);
  if (
    isFetched &&
    yes !== true &&
    approvedAs === undefined &&
    needed.some(({ service }) => service?.build !== undefined)
  )
    throw new AppError('USAGE', 'the repository builds images from its Dockerfiles, whose steps run on this machine', {
      hint: 'Read them, then run it again with --yes.',
    });
  await buildServices(io, settings, environment, needed, { which: builds === 'all' ? 'all' : 'missing' });
}

/** Services and all that they need, directly or not; all where none is named. */
export function selectNeeded(
  { containers }: Environment,
  only: readonly string[] | undefined,
  withoutNeeds: boolean,
): Environment['containers'] {
  if (only === undefined) return containers;
  const names = new Set(only);
  for (const name of names) {
    const found = containers.find((container) => container.name === name);
    for (const { service } of withoutNeeds ? [] : (found?.service?.dependsOn ?? [])) names.add(service);
  }
  return containers.filter(({ name }) => names.has(name));
}
