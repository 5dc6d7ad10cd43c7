import type { RuntimeSettings } from '../settings.ts';
import type { EnginePlace } from '../state/engine-place.ts';
import { readJsonFile } from '../state/json-file.ts';
import { tolerate } from '../state/tolerate.ts';
import type { ContainerContext } from './container-context.ts';
import type { Engine } from './engine/find-engine.ts';
import { explainPlace, openEngine, openEngineOf } from './engine/open-engine.ts';
import { workspaceFilter } from './labels.ts';

type Searching = Pick<ContainerContext, 'hostname' | 'paths' | 'prefix' | 'settings'>;

/**
 * The engine that the workspace was made on, as its record says, be it the one that the user's variables name by now or not; for
 * one that was made on none, that which is found. Throws ENGINE_NOT_FOUND, ENGINE_FAILED.
 */
export function findWorkspaceEngine({ hostname: name, paths, prefix, settings }: Searching): Promise<Engine> {
  const place = tolerate(() => readJsonFile<{ readonly engine?: EnginePlace }>(paths.record))?.engine;
  if (place === undefined) return openEngine(settings);
  return openEngineOf({ name, place, isAt: (engine) => hasWorkspace(engine, prefix) }, settings);
}

async function hasWorkspace({ client }: Engine, prefix: string): Promise<boolean> {
  const query = workspaceFilter({ prefix });
  const [containers, { Volumes }] = await Promise.all([
    client.call<readonly unknown[]>('GET', '/containers/json', { query: { all: true, ...query } }),
    client.call<{ readonly Volumes: readonly unknown[] | null }>('GET', '/volumes', { query }),
  ]);
  return containers.length > 0 || (Volumes ?? []).length > 0;
}

/** Where a workspace's engine is, and what to tell of it where another one would be found now. */
export function describeEngine(
  { hostname: name, settings }: { readonly hostname: string; readonly settings: RuntimeSettings },
  { place }: Engine,
): { readonly place: EnginePlace; readonly note?: string } {
  const note = explainPlace(name, place, settings);
  return { place, ...(note === undefined ? {} : { note }) };
}
