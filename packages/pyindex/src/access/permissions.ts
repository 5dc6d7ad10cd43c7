import type { IndexRecord } from '../indexes/index-config.ts';
import type { Identity } from './identity.ts';

/** Users who alone may create and modify users and indexes (`--restrict-modify`); absent: everybody their own. */
export type RestrictModify = readonly string[] | undefined;

/** Whether somebody is meant by a list of users, `:group`s, `:ANONYMOUS:` (everybody) and `:AUTHENTICATED:`. */
function isMeant(identity: Identity, list: readonly string[]): boolean {
  return list.some((entry) => {
    if (entry === ':ANONYMOUS:') return true;
    if (identity.user === undefined) return false;
    if (entry === ':AUTHENTICATED:') return true;
    return entry.startsWith(':') ? identity.groups.includes(entry.slice(1)) : entry === identity.user;
  });
}

/** The owner, root, and everybody who may upload may always read. */
export function mayRead(identity: Identity, { path, user, config }: IndexRecord): boolean {
  if (!isInScope(identity, path)) return false;
  if (config.acl_read === undefined) return true;
  if (identity.user === user || identity.user === 'root') return true;
  return isMeant(identity, config.acl_read) || (config.type === 'stage' && isMeant(identity, config.acl_upload));
}

/**
 * Whether somebody may upload to a stage, and remove from it. `project`: normalised; absent when it is not about one alone.
 * `uploaders`: who may upload to this project; absent: whoever may upload to the index.
 */
export function mayUpload(
  identity: Identity,
  { path, config }: IndexRecord,
  project: string | undefined,
  uploaders?: readonly string[],
): boolean {
  const { scope } = identity;
  if (config.type !== 'stage' || scope.permission === 'read' || !isInScope(identity, path)) return false;
  if (scope.projects !== undefined && (project === undefined || !scope.projects.includes(project))) return false;
  // Root could put itself on the list, and people log in as root to set an index up and fill it.
  if (identity.user === 'root' && scope.permission === 'all') return true;
  return isMeant(identity, uploaders ?? config.acl_upload);
}

/** Tokens for uploads and reading may not remove what is there. */
export function mayRemove(
  identity: Identity,
  index: IndexRecord,
  project: string | undefined,
  uploaders?: readonly string[],
): boolean {
  return identity.scope.permission === 'all' && mayUpload(identity, index, project, uploaders);
}

export function mayUploadToxResults(identity: Identity, { path, config }: IndexRecord): boolean {
  if (config.type !== 'stage' || identity.scope.permission === 'read' || !isInScope(identity, path)) return false;
  return isMeant(identity, config.acl_toxresult_upload);
}

function isInScope({ scope }: Identity, path: string): boolean {
  return scope.indexes === undefined || scope.indexes.includes(path);
}

/** Root and the user alone, with a whole login; under `--restrict-modify` those named there. */
function mayManage(identity: Identity, user: string, restrict: RestrictModify): boolean {
  if (!isUnscoped(identity) || identity.user === undefined) return false;
  return restrict === undefined ? identity.user === user || identity.user === 'root' : restrict.includes(identity.user);
}

function isUnscoped({ scope }: Identity): boolean {
  return scope.permission === 'all' && scope.indexes === undefined && scope.projects === undefined;
}

export function mayCreateUser(identity: Identity, restrict: RestrictModify): boolean {
  return (
    restrict === undefined || (identity.user !== undefined && isUnscoped(identity) && restrict.includes(identity.user))
  );
}

export function mayModifyUser(identity: Identity, user: string, restrict: RestrictModify): boolean {
  return mayManage(identity, user, restrict);
}

/** One's own password, even under `--restrict-modify`. */
export function mayChangePassword(identity: Identity, user: string, restrict: RestrictModify): boolean {
  return (isUnscoped(identity) && identity.user === user) || mayManage(identity, user, restrict);
}

/** Nobody removes root. Under `--restrict-modify` nobody removes themselves. */
export function mayDeleteUser(identity: Identity, user: string, restrict: RestrictModify): boolean {
  if (user === 'root' || (restrict !== undefined && identity.user === user)) return false;
  return mayManage(identity, user, restrict);
}

/** Making, changing and removing indexes of a user. */
export function mayModifyIndexes(identity: Identity, user: string, restrict: RestrictModify): boolean {
  return mayManage(identity, user, restrict);
}

/** Groups are root's. */
export function mayManageGroups(identity: Identity): boolean {
  return identity.user === 'root' && isUnscoped(identity);
}
