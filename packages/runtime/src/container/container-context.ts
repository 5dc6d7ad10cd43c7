import { createHash } from 'node:crypto';
import type { RuntimeSettings } from '../settings.ts';
import type { WorkspacePaths } from '../state/paths.ts';
import type { Workspace } from '../workspace/workspace-record.ts';
import type { Capabilities } from './engine/capabilities.ts';
import type { Engine } from './engine/find-engine.ts';

/** What the parts of the container runtime need to work on one workspace. */
export interface ContainerContext {
  readonly id: string;
  /** Host name of the containers that share a network. */
  readonly hostname: string;
  readonly paths: WorkspacePaths;
  readonly settings: RuntimeSettings;
  /** Begins every name that the workspace has at the engine; no other workspace of any state folder has it. */
  readonly prefix: string;
  /** Containers that this process has made and not yet started, and since when their own files are there. */
  readonly created: Map<string, number>;
  /** Found when it is first needed. */
  engine(): Promise<Engine>;
  capabilities(): Promise<Capabilities>;
  close(): void;
}

export function openContainerContext(
  { id, name, paths }: Pick<Workspace, 'id' | 'name' | 'paths'>,
  settings: RuntimeSettings,
): ContainerContext {
  let found: Promise<Engine> | undefined;
  let known: Promise<Capabilities> | undefined;
  const engine = (): Promise<Engine> => {
    found ??= import('./engine/open-engine.ts').then(({ openEngine }) => openEngine(settings));
    return found;
  };
  return {
    id,
    hostname: name,
    paths,
    settings,
    prefix: `devstead-${createHash('sha256').update(settings.stateFolder).digest('hex').slice(0, 6)}-${id}`,
    created: new Map(),
    engine,
    capabilities: () => {
      known ??= Promise.all([engine(), import('./engine/capabilities.ts')]).then(([one, { readCapabilities }]) =>
        readCapabilities(one, settings.cacheFolder),
      );
      return known;
    },
    close: () => {
      void found?.then(({ client }) => client.close()).catch(() => undefined);
      found = undefined;
    },
  };
}
