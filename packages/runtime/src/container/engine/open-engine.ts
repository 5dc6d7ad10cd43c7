import { AppError } from '@devstead/kit';
import type { RuntimeSettings } from '../../settings.ts';
import { describePlace, type EnginePlace } from '../../state/engine-place.ts';
import {
  type Engine,
  type EngineAttempt,
  findEngine,
  findFirstPlace,
  requireEngine,
  thisMachine,
  tryPlace,
} from './find-engine.ts';
import { findPodman, placeOfService, startPodmanService } from './podman-service.ts';

/** The engine of this machine: one that runs, else Podman started for us. Throws ENGINE_NOT_FOUND, ENGINE_FAILED. */
export async function openEngine(settings: RuntimeSettings): Promise<Engine> {
  const search = await findEngine(thisMachine(settings.engineVariables));
  const isNamed = search.attempts.some(({ source }) => source === 'DOCKER_HOST' || source === 'CONTAINER_HOST');
  const podman = search.engine === undefined && !isNamed ? findPodman() : undefined;
  return podman === undefined ? requireEngine(search) : startPodmanService(podman, settings);
}

/** A workspace that was made on an engine. */
interface MadeWorkspace {
  /** For people. */
  readonly name: string;
  readonly place: EnginePlace;
  /** An engine has something of the workspace. */
  readonly isAt: (engine: Engine) => Promise<boolean>;
}

/**
 * The engine that a workspace was made on, whatever the user's variables say by now: on another one it would begin anew, and what it
 * has would be lost sight of. Where that does not answer, an engine that has the workspace is the same one at another place. Throws
 * ENGINE_NOT_FOUND with both places.
 */
export async function openEngineOf({ name, place, isAt }: MadeWorkspace, settings: RuntimeSettings): Promise<Engine> {
  const met = await reopen(place, settings);
  if ('client' in met) return met;
  const other = await openEngine(settings).catch((error: unknown) => {
    if (error instanceof AppError) return undefined;
    throw error;
  });
  const isOther = other !== undefined && other.place.url !== place.url;
  if (isOther && (await isAt(other))) return other;
  other?.client.close();
  throw new AppError('ENGINE_NOT_FOUND', `${name} is on the engine at ${describePlace(place)}, which does not answer`, {
    details: [
      `${describePlace(place)} (${place.source}): ${met.reason}`,
      ...(isOther ? [`${describePlace(other.place)} (${other.place.source}): it has nothing of ${name}`] : []),
    ],
    hint: `Start that engine again. Where it is gone for good, \`devstead down --force --name ${name}\` forgets what it had.`,
  });
}

async function reopen(place: EnginePlace, settings: RuntimeSettings): Promise<Engine | EngineAttempt> {
  const podman = place.url === placeOfService(settings).url ? findPodman() : undefined;
  return podman === undefined
    ? tryPlace(place, thisMachine(settings.engineVariables))
    : startPodmanService(podman, settings);
}

/** What to know of a workspace's engine where the user's variables lead to another one by now. */
export function explainPlace(name: string, place: EnginePlace, settings: RuntimeSettings): string | undefined {
  const first = findFirstPlace(thisMachine(settings.engineVariables));
  if (first === undefined || first.url === place.url) return undefined;
  const [here, there] = [describePlace(place), describePlace(first)];
  return `${name} stays on the engine at ${here}, where it was made; ${first.source} is ${there} now (\`devstead move --to sandbox\`, then \`--to container\`, takes it there)`;
}
