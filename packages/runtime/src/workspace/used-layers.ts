import { readFileSync } from 'node:fs';
import { openStore } from '../images/store.ts';
import { liveHolder, readSandboxState } from '../sandbox/sandbox-state.ts';
import { stagePaths } from '../sandbox/stage-paths.ts';
import { listFolder } from '../state/list-folder.ts';
import { readMadeContainer } from '../state/made-container.ts';
import { listWorkspaces, type Workspace } from './workspace-record.ts';

/**
 * Digests of the image layers that the workspaces of a state folder stand on: those mounted now, and those of the images
 * that stopped containers were made from.
 */
export function listUsedLayers(stateFolder: string): string[] {
  const byDigest = new Map(
    openStore(stateFolder)
      .list()
      .map(({ digest, layers }) => [digest, layers]),
  );
  const used = listWorkspaces(stateFolder).flatMap((workspace) => [
    ...listMountedLayers(workspace),
    ...listImages(workspace).flatMap((digest) => byDigest.get(digest) ?? []),
  ]);
  return [...new Set(used)];
}

function listMountedLayers({ paths }: Workspace): string[] {
  const holder = liveHolder(readSandboxState(paths));
  if (holder === undefined) return [];
  let mounts = '';
  try {
    mounts = readFileSync(`/proc/${holder.pid}/mountinfo`, 'utf8');
  } catch {
    return [];
  }
  const layer = new RegExp(`${stagePaths.layers}/([0-9a-f]{64})`, 'g');
  return [...mounts.matchAll(layer)].map(([, hex]) => `sha256:${hex}`);
}

function listImages({ paths }: Workspace): string[] {
  const names = listFolder(paths.containers);
  return names.flatMap((name) => readMadeContainer(paths.container(name))?.imageDigest ?? []);
}
