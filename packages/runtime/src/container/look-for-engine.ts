import type { Lack } from '../running/lacks.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { EngineSearch } from './engine/find-engine.ts';

interface FoundEngine extends EngineSearch {
  /** What workspaces at the engine go without. */
  readonly lacks: readonly Lack[];
  /** Podman where it could be started. */
  readonly podman?: string;
}

/** What there is, for people: the engine that answers, every place before it, and Podman where it could be started. */
export async function lookForEngine(settings: RuntimeSettings): Promise<FoundEngine> {
  const [{ findEngine, thisMachine }, { findPodman }, { listLacks, readCapabilities }] = await Promise.all([
    import('./engine/find-engine.ts'),
    import('./engine/podman-service.ts'),
    import('./engine/capabilities.ts'),
  ]);
  const { engine, attempts } = await findEngine(thisMachine(settings.engineVariables));
  const podman = findPodman();
  const common = { attempts, ...(podman === undefined ? {} : { podman }) };
  if (engine === undefined) return { ...common, lacks: [] };
  try {
    return { ...common, engine, lacks: listLacks(await readCapabilities(engine, settings.cacheFolder)) };
  } finally {
    engine.client.close();
  }
}
