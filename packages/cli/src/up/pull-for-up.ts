import type { Container, Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import type { Io } from '../io.ts';
import { parseDuration } from '../parse-duration.ts';
import type { Settings } from '../settings.ts';
import { selectNeeded } from './build-for-up.ts';

/** When images are pulled, as docker compose's `--pull` has it; `policy`: as each service says. */
export type PullPolicy = 'always' | 'missing' | 'never' | 'build' | 'policy';

interface PullChoice {
  readonly pulls?: PullPolicy;
  readonly only?: readonly string[];
  readonly withoutNeeds?: boolean;
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Carries out what services say of the pulling of their images (Compose Specification, `pull_policy`): those that are to be
 * new are pulled, those that are never to be pulled must be here. An image that is built or that a recipe stands in for is
 * left. Throws IMAGE_NOT_FOUND, and what pulling throws.
 */
export async function pullForUp(
  io: Io,
  settings: Settings,
  environment: Environment,
  { pulls = 'policy', only, withoutNeeds = false }: PullChoice,
): Promise<void> {
  const policyOf = ({ service }: Container): string =>
    pulls === 'policy' ? (service?.pullPolicy ?? 'missing') : pulls;
  const isAsked = (container: Container): boolean =>
    container.service !== undefined &&
    container.service.build === undefined &&
    !['missing', 'if_not_present', 'build'].includes(policyOf(container));
  if (!environment.containers.some(isAsked)) return;
  const asked = selectNeeded(environment, only, withoutNeeds).filter(isAsked);
  const { openServiceImages } = await import('../compose/images/find-service-image.ts');
  const find = await openServiceImages(settings);
  const stale = asked.filter((container) => {
    const found = find(container.image);
    const policy = policyOf(container);
    if (found?.from === 'recipe') return false;
    if (policy === 'never') {
      if (found === undefined) throw explainNever(container, environment);
      return false;
    }
    return found === undefined || io.clock.now() - Date.parse(found.record.createdAt) >= longestAgeMs(policy);
  });
  if (stale.length === 0) return;
  const { pullServices } = await import('../compose/images/pull-services.ts');
  const [failure] = await pullServices(io, settings, stale, { isForced: true });
  if (failure !== undefined) throw failure;
}

/**
 * `daily`, `weekly`, `every_12h`: how old an image may be before its registry is asked whether there is a newer one. Of
 * `always` none is new enough.
 */
function longestAgeMs(policy: string): number {
  if (policy === 'daily') return dayMs;
  if (policy === 'weekly') return 7 * dayMs;
  const [, text] = /^every_(.+)$/.exec(policy) ?? [];
  return text === undefined ? 0 : parseAge(text);
}

/** A duration of the specification, such as `1w2d` or `12h30m`. */
function parseAge(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(w|d|h|m|s)/g)];
  return parts.reduce(
    (sum, [, amount = '', unit]) =>
      sum + (unit === 'w' ? 7 * dayMs * Number(amount) : parseDuration(`${amount}${unit}`)),
    0,
  );
}

function explainNever({ name, image }: Container, { provenance }: Environment): AppError {
  const place = provenance[`containers.${name}.image`]?.find(({ line }) => line !== undefined);
  return new AppError(
    'IMAGE_NOT_FOUND',
    `no local image and no recipe stands for ${JSON.stringify(image)} of ${name}`,
    {
      details: [
        ...(place === undefined ? [] : [`${place.file ?? ''}:${place.line ?? 1} image of ${name}`]),
        'it is never pulled: pull_policy or --pull says so',
      ],
      hint: `Pull it: devstead image pull ${image}`,
    },
  );
}
