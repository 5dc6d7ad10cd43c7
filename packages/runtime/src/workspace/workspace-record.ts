import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '@devstead/kit';
import { makeFolder } from '../make-folder.ts';
import type { EnginePlace } from '../state/engine-place.ts';
import { readJsonFile, writeJsonFile } from '../state/json-file.ts';
import { listFolder } from '../state/list-folder.ts';
import { type WorkspacePaths, workspacePaths } from '../state/paths.ts';
import type { RuntimeName } from '../types.ts';

/** `workspace.json`: what a workspace is, kept from its first `up` until it is removed. */
export interface WorkspaceRecord {
  readonly format: 1;
  readonly id: string;
  readonly name: string;
  /** Real path of the repository's folder. */
  readonly folder: string;
  /** Real path of the devfile. */
  readonly devfile: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Ports given to endpoints; an endpoint keeps its port. */
  readonly ports: Readonly<Record<string, number>>;
  /** What was agreed to when the repository was fetched; absent for a folder that was there. */
  readonly approval?: Approval;
  /** What a compose project asks for beyond its folder and its networks, and a user agreed to. */
  readonly agreed?: readonly string[];
  /** The starter whose sources were put into the folder. */
  readonly starter?: string;
  /** Real paths of folders of the machine that stand for projects, by the projects' names. */
  readonly bindings?: Readonly<Record<string, string>>;
  /** What it runs on; absent: the sandbox. */
  readonly runtime?: RuntimeName;
  /** The engine that it is on, or that a move of it goes to or comes from. */
  readonly engine?: EnginePlace;
  /** A move to another runtime that has not come to its end. */
  readonly move?: MoveRecord;
  /** The branch whose work tree the folder lies in, for a workspace that was made for it. */
  readonly branch?: BranchRecord;
}

/**
 * How far a move came. `copying`: the workspace is where it was, and copies may be at the other place. `switched`: it is
 * at the other place, and what it was made of before may still be there. `leaving`: so, but for what lies in its folder.
 */
export interface MoveRecord {
  readonly from: RuntimeName;
  readonly to: RuntimeName;
  readonly phase: 'copying' | 'switched' | 'leaving';
}

/** A workspace's branch, and how long both are meant to stay. */
export interface BranchRecord {
  readonly name: string;
  /** The top of its work tree. */
  readonly worktree: string;
  /** The folder that all work trees of the repository share. */
  readonly repository: string;
  /** The work tree was made for the workspace and goes with it. */
  readonly isWorktreeOurs: boolean;
  /** ISO 8601. Absent: it stays until it is taken down. */
  readonly expiresAt?: string;
}

/** A user's word on what a fetched repository may ask of the machine. */
export interface Approval {
  readonly commit: string;
  readonly items: readonly string[];
}

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly record: WorkspaceRecord;
  readonly paths: WorkspacePaths;
}

const recordFormat = 1;

/** The id of a workspace: its name and 8 hex digits of the SHA-256 of its folder's real path. */
export function workspaceId(name: string, folder: string): string {
  return `${name}-${folderHash(folder)}`;
}

function folderHash(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 8);
}

/** A name as it may stand in ids, paths and host names: lower case letters, digits and hyphens, at most 48. */
export function toWorkspaceName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'workspace' : name;
}

function workspacesFolder(stateFolder: string): string {
  return join(stateFolder, 'workspaces');
}

/** Reads a workspace that exists; undefined when there is none of that id. Throws STATE_TOO_NEW. */
export function readWorkspace(stateFolder: string, id: string): Workspace | undefined {
  const paths = workspacePaths(join(workspacesFolder(stateFolder), id));
  const record = readRecord(paths, id);
  if (record === undefined) return undefined;
  if (record.format > recordFormat) {
    throw new AppError('STATE_TOO_NEW', `the workspace ${id} was made by a newer Devstead`);
  }
  return { id, name: record.name, record, paths };
}

/** What a damaged record leaves known is the id; that is enough to end, remove or bring up the workspace. */
function readRecord(paths: WorkspacePaths, id: string): WorkspaceRecord | undefined {
  try {
    return readJsonFile<WorkspaceRecord>(paths.record);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'STATE_DAMAGED') throw error;
    const createdAt = new Date(0).toISOString();
    return {
      format: recordFormat,
      id,
      name: id.replace(/-[0-9a-f]{8}$/, ''),
      folder: '',
      devfile: '',
      createdAt,
      ports: {},
    };
  }
}

type WorkspaceIdentity = Pick<WorkspaceRecord, 'name' | 'folder' | 'devfile'>;

/** Opens the workspace of that name and folder, making its record when it is new. */
export function openWorkspace(stateFolder: string, identity: WorkspaceIdentity, now: number): Workspace {
  const workspace = identifyWorkspace(stateFolder, identity, now);
  return isRecorded(workspace) ? workspace : updateWorkspace(workspace, {});
}

function isRecorded({ paths, record }: Workspace): boolean {
  return existsSync(paths.record) && readRecord(paths, record.id)?.devfile === record.devfile;
}

/** The same without writing anything down: a new workspace is on disk only when its record is changed. */
export function identifyWorkspace(stateFolder: string, identity: WorkspaceIdentity, now: number): Workspace {
  const id = workspaceId(identity.name, identity.folder);
  const found = readWorkspace(stateFolder, id);
  if (found !== undefined) {
    return found.record.devfile === identity.devfile ? found : { ...found, record: { ...found.record, ...identity } };
  }
  const paths = workspacePaths(join(workspacesFolder(stateFolder), id));
  const record: WorkspaceRecord = {
    format: recordFormat,
    id,
    ...identity,
    createdAt: new Date(now).toISOString(),
    ports: {},
  };
  return { id, name: identity.name, record, paths };
}

/** Changes a workspace's record on disk and returns the workspace as it is then. */
export function updateWorkspace(workspace: Workspace, change: Partial<WorkspaceRecord>): Workspace {
  const record = { ...workspace.record, ...change };
  makeFolder(workspace.paths.root, 0o755);
  writeJsonFile(workspace.paths.record, record);
  return { ...workspace, record };
}

/** Takes back that a move is under way, and with it the engine where the workspace is on none. */
export function forgetMove(workspace: Workspace): Workspace {
  const { move: _, engine, ...rest } = workspace.record;
  const record = { ...rest, ...(rest.runtime === 'container' && engine !== undefined ? { engine } : {}) };
  writeJsonFile(workspace.paths.record, record);
  return { ...workspace, record };
}

/** Writes down what a user agreed to. */
export function approveWorkspace(workspace: Workspace, approval: Approval): Workspace {
  return updateWorkspace(workspace, { approval });
}

/** All workspaces of the state folder, by name. */
export function listWorkspaces(stateFolder: string): Workspace[] {
  const folder = workspacesFolder(stateFolder);
  const ids = listFolder(folder);
  return ids.flatMap((id) => readWorkspace(stateFolder, id) ?? []);
}

/**
 * The workspace meant by a name or id; without one, that of the nearest folder upwards. Throws WORKSPACE_NOT_FOUND,
 * and USAGE when several fit.
 */
export function findWorkspace(stateFolder: string, by: { readonly name?: string; readonly folder: string }): Workspace {
  const { name } = by;
  if (name !== undefined) {
    return pickOne(
      stateFolder,
      listWorkspaces(stateFolder).filter(({ id, name: own }) => id === name || own === name),
      `named ${name}`,
    );
  }
  const folder = workspacesFolder(stateFolder);
  const ids = listFolder(folder);
  for (let place = realpathSync(by.folder); ; place = dirname(place)) {
    const suffix = `-${folderHash(place)}`;
    const found = ids.filter((id) => id.endsWith(suffix)).flatMap((id) => readWorkspace(stateFolder, id) ?? []);
    if (found.length > 0) return pickOne(stateFolder, found, `for ${place}`);
    if (dirname(place) === place) return pickOne(stateFolder, [], `for ${by.folder}`);
  }
}

function pickOne(stateFolder: string, found: readonly Workspace[], what: string): Workspace {
  const [first, ...others] = found;
  if (first === undefined) {
    const names = listWorkspaces(stateFolder).map(({ name }) => name);
    const hint = `Run \`devstead up\` in its folder, or pass \`--name\`; there are: ${names.join(', ')}.`;
    throw new AppError('WORKSPACE_NOT_FOUND', `there is no workspace ${what}`, names.length === 0 ? {} : { hint });
  }
  if (others.length === 0) return first;
  throw new AppError('USAGE', `there are several workspaces ${what}: ${found.map(({ id }) => id).join(', ')}`, {
    hint: 'Name one of them with --name.',
  });
}
