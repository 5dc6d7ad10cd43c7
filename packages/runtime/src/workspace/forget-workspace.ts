import { rmSync } from 'node:fs';
import { openContainerContext } from '../container/container-context.ts';
import { openIdMap } from '../ids/state-id-map.ts';
import { endIndexWithLast } from '../index-service/index-service.ts';
import { removeInnerFolder } from '../sandbox/remove-inner.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { Workspace } from './workspace-record.ts';

/**
 * Forgets a workspace whose engine does not answer: ends what works for it on this machine and removes its folder. What the engine
 * has of it, volumes among it, stays there, unknown to any workspace.
 */
export async function forgetWorkspace(workspace: Workspace, settings: RuntimeSettings): Promise<void> {
  const { paths } = workspace;
  const { stopWorkers } = await import('../container/supervisor/start-supervisor.ts');
  await stopWorkers(openContainerContext(workspace, settings));
  await endIndexWithLast(settings.stateFolder, paths.root);
  await removeInnerFolder(paths.containers, openIdMap(settings));
  rmSync(paths.root, { recursive: true, force: true });
}
