import { chownSync, mkdirSync } from 'node:fs';
import { AppError } from '@devstead/kit';
import { type IdMap, outsideId } from '../ids/id-map.ts';
import { openIdMap } from '../ids/state-id-map.ts';
import type { ProcessId } from '../process/process-table.ts';
import { workspaceMarker } from '../process/workspace-marker.ts';
import type { RuntimeSettings } from '../settings.ts';
import { type WorkspacePaths } from '../state/paths.ts';
import { type Cgroups, openCgroups } from './cgroup.ts';
import { type Holder } from './holder.ts';
import { Launcher } from './launcher.ts';
import { liveHolder, readSandboxState } from './sandbox-state.ts';

/** A container of which all is made, with nothing set running in it. */
export interface CreatedContainer {
  readonly init: ProcessId;
  /** When its own files began: milliseconds since 1970. */
  readonly layerSince: number;
  /** From what it was made. */
  readonly specHash: string;
  readonly imageDigest: string;
  readonly isNewLayer: boolean;
}

/** Everything the parts of the sandbox need to work on one workspace. */
export interface SandboxContext {
  readonly id: string;
  /** Host name of all containers: the workspace's name. */
  readonly hostname: string;
  readonly paths: WorkspacePaths;
  readonly settings: RuntimeSettings;
  readonly idMap: IdMap;
  readonly cgroups: Cgroups | undefined;
  readonly launcher: Launcher;
  /** What this process made: the holder (before it is needed, the one in the making), and containers not yet started. */
  readonly own: { holder?: Holder; made?: Promise<Holder>; readonly created: Map<string, CreatedContainer> };
}

export function openSandboxContext(
  workspace: { readonly id: string; readonly name: string; readonly paths: WorkspacePaths },
  settings: RuntimeSettings,
): SandboxContext {
  const { id, name, paths } = workspace;
  const launcher = new Launcher([workspaceMarker, paths.root]);
  return {
    id,
    hostname: name,
    paths,
    settings,
    idMap: openIdMap(settings),
    cgroups: openCgroups(),
    launcher,
    own: { created: new Map() },
  };
}

/** The workspace's holder. Throws WORKSPACE_NOT_RUNNING when there is none. */
export function requireHolder(paths: WorkspacePaths): Holder {
  const holder = liveHolder(readSandboxState(paths));
  if (holder === undefined) throw new AppError('WORKSPACE_NOT_RUNNING', 'the workspace is not running');
  return holder;
}

/** True when this process made the namespaces: nothing that an earlier command began is under way in them. */
export function isOwn({ own }: SandboxContext, holder: Holder): boolean {
  return own.holder?.pid === holder.pid && own.holder.start === holder.start;
}

/** The machine's ids of an id pair inside. */
export function outsideUser(
  idMap: IdMap,
  user: { readonly uid: number; readonly gid: number },
): { uid: number; gid: number } {
  return { uid: outsideId(idMap.uids, user.uid), gid: outsideId(idMap.gids, user.gid) };
}

/**
 * Makes a folder into which the sandbox's own root may write. A normal user's folders it may write anyway, because
 * the user is part of the map.
 */
export function makeInnerFolder(path: string, idMap: IdMap): void {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  giveToInnerRoot(path, idMap);
}

/** Makes the sandbox's own root the owner of a path; only root can, and only root needs to. */
export function giveToInnerRoot(path: string, idMap: IdMap): void {
  if (idMap.mode !== 'root') return;
  const owner = outsideUser(idMap, { uid: 0, gid: 0 });
  chownSync(path, owner.uid, owner.gid);
}
