import type { IndexRecord } from '../indexes/index-config.ts';
import type { Identity } from './identity.ts';

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
  if (identity.scope.indexes !== undefined && !identity.scope.indexes.includes(path)) return false;
  if (config.acl_read === undefined) return true;
  if (identity.user === user || identity.user === 'root') return true;
  return isMeant(identity, config.acl_read) || (config.type === 'stage' && isMeant(identity, config.acl_upload));
}

/** `uploaders`: who may upload to this project alone; absent: whoever may upload to the index. */
export function mayUpload(
  identity: Identity,
  { path, config }: IndexRecord,
  project: string | undefined,
  uploaders?: readonly string[],
): boolean {
  const { scope } = identity;
  if (scope.permission === 'read') return false;
  if (scope.indexes !== undefined && !scope.indexes.includes(path)) return false;
  if (scope.projects !== undefined && (project === undefined || !scope.projects.includes(project))) return false;
  if (config.type !== 'stage') return false;
  if (uploaders !== undefined && project !== undefined) return isMeant(identity, uploaders);
  return isMeant(identity, config.acl_upload);
}

/** Whether somebody may change what belongs to a user: the account, its indexes, its tokens. */
export function mayManage(identity: Identity, user: string): boolean {
  return identity.scope.permission === 'all' && (identity.user === user || identity.user === 'root');
}
