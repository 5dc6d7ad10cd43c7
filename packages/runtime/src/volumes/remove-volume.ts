import { openIdMap } from '../ids/state-id-map.ts';
import { removeInnerFolder } from '../sandbox/remove-inner.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { Workspace } from '../workspace/workspace-record.ts';

/** Removes a volume with all it holds; the next start makes it anew. */
export async function removeVolume(workspace: Workspace, settings: RuntimeSettings, name: string): Promise<void> {
  await removeInnerFolder(workspace.paths.volume(name), openIdMap(settings));
}
