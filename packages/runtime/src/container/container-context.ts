import { createHash } from 'node:crypto';
import type { RuntimeSettings } from '../settings.ts';
import type { WorkspacePaths } from '../state/paths.ts';
import type { Workspace } from '../workspace/workspace-record.ts';
import type { CreatedContainer } from './create-container.ts';
import type { Capabilities } from './engine/capabilities.ts';
import type { Engine } from './engine/find-engine.ts';
import { HeldStarts } from './hold/held-starts.ts';
import { NetworkTurns } from './hub/network-turns.ts';
import { PendingHub } from './hub/pending-hub.ts';

/** What the parts of the container runtime need to work on one workspace. */
export interface ContainerContext {
  readonly id: string;
  /** Host name of the containers that share a network. */
  readonly hostname: string;
  readonly paths: WorkspacePaths;
  readonly settings: RuntimeSettings;
  /** Begins every name that the workspace has at the engine; no other workspace of any state folder has it. */
  readonly prefix: string;
  /** By the hash of what they were made from: containers that this process has made and not yet started. */
  readonly created: Map<string, CreatedContainer>;
  /** Of those, the ones that are started already, and whose programs wait. */
  readonly held: HeldStarts;
  /** Found when it is first needed. */
  engine(): Promise<Engine>;
  capabilities(): Promise<Capabilities>;
  /** Has something of that name done; who asks while it is under way waits for the same. */
  join(what: string, work: () => Promise<void>): Promise<void>;
  /** The hub, where it is this process that starts it. */
  readonly hub: PendingHub;
  /** Who starts a container with networks takes one. */
  readonly networkTurns: NetworkTurns;
  close(): void;
}

export function openContainerContext(
  { id, name, paths }: Pick<Workspace, 'id' | 'name' | 'paths'>,
  settings: RuntimeSettings,
): ContainerContext {
  let found: Promise<Engine> | undefined;
  let known: Promise<Capabilities> | undefined;
  const prefix = `devstead-${createHash('sha256').update(settings.stateFolder).digest('hex').slice(0, 6)}-${id}`;
  const held = new HeldStarts();
  const networkTurns = new NetworkTurns();
  const underWay = new Map<string, Promise<void>>();
  const engine = (): Promise<Engine> => {
    found ??= import('./find-workspace-engine.ts').then(({ findWorkspaceEngine }) =>
      findWorkspaceEngine({ hostname: name, paths, prefix, settings }),
    );
    return found;
  };
  return {
    id,
    hostname: name,
    paths,
    settings,
    prefix,
    created: new Map(),
    held,
    engine,
    capabilities: () => {
      known ??= Promise.all([engine(), import('./engine/capabilities.ts')]).then(([one, { readCapabilities }]) =>
        readCapabilities(one, settings.cacheFolder),
      );
      return known;
    },
    join: (what, work) => {
      const begun = underWay.get(what) ?? work().finally(() => underWay.delete(what));
      underWay.set(what, begun);
      return begun;
    },
    hub: new PendingHub(),
    networkTurns,
    close: () => {
      held.close();
      networkTurns.close();
      void found?.then(({ client }) => client.close()).catch(() => undefined);
      found = undefined;
    },
  };
}
