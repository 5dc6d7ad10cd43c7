import type { RuntimeSettings } from '../settings.ts';
import type { EngineSearch } from './engine/find-engine.ts';

/** What there is, for people: the engine that answers, every place before it, and Podman where it could be started. */
export async function lookForEngine(settings: RuntimeSettings): Promise<EngineSearch & { readonly podman?: string }> {
  const [{ findEngine, thisMachine }, { findPodman }] = await Promise.all([
    import('./engine/find-engine.ts'),
    import('./engine/podman-service.ts'),
  ]);
  const search = await findEngine(thisMachine(settings.engineVariables));
  search.engine?.client.close();
  const podman = findPodman();
  return podman === undefined ? search : { ...search, podman };
}
