import type { RuntimeSettings } from '../../settings.ts';
import { type Engine, findEngine, requireEngine, thisMachine } from './find-engine.ts';
import { findPodman, startPodmanService } from './podman-service.ts';

/** The engine of this machine: one that runs, else Podman started for us. Throws ENGINE_NOT_FOUND, ENGINE_FAILED. */
export async function openEngine(settings: RuntimeSettings): Promise<Engine> {
  const search = await findEngine(thisMachine(settings.engineVariables));
  const isNamed = search.attempts.some(({ source }) => source === 'DOCKER_HOST' || source === 'CONTAINER_HOST');
  const podman = search.engine === undefined && !isNamed ? findPodman() : undefined;
  return podman === undefined ? requireEngine(search) : startPodmanService(podman, settings);
}
