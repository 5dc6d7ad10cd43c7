import { readFileSync } from 'node:fs';
import { asRoot } from './requirement.ts';

/** Settings of the kernel and of this session on which user namespaces depend; undefined where there is no such one. */
export interface NamespaceFacts {
  /** user.max_user_namespaces. */
  readonly most?: number;
  /** kernel.unprivileged_userns_clone, of Debian's kernels. */
  readonly isForRootAlone?: boolean;
  /** kernel.apparmor_restrict_unprivileged_userns, of Ubuntu's. */
  readonly isConfined?: boolean;
  /** The session was told never to gain rights: programs such as newuidmap(1) get none (prctl(2), PR_SET_NO_NEW_PRIVS). */
  readonly hasNoNewRights?: boolean;
}

/** Reads what the machine says; `root` is the folder that stands for `/`. */
export function readNamespaceFacts(root = ''): NamespaceFacts {
  const read = (path: string): string | undefined => {
    try {
      return readFileSync(`${root}/proc/${path}`, 'utf8').trim();
    } catch {
      return undefined;
    }
  };
  const most = read('sys/user/max_user_namespaces');
  return {
    ...(most === undefined ? {} : { most: Number(most) }),
    isForRootAlone: read('sys/kernel/unprivileged_userns_clone') === '0',
    isConfined: read('sys/kernel/apparmor_restrict_unprivileged_userns') === '1',
    hasNoNewRights: /^NoNewPrivs:\s*1/m.test(read('self/status') ?? ''),
  };
}

/** What a machine with few namespaces is given, and what one is given that has used up all it has. */
const enoughNamespaces = 15_000;

/** The command that mends why user namespaces cannot be made; `problem` is what was said when it was tried. */
export function explainNamespaces(problem: string, facts: NamespaceFacts, uid: number): string {
  const { most, isForRootAlone, isConfined, hasNoNewRights } = facts;
  if (most === 0) return asRoot(`sysctl -w user.max_user_namespaces=${enoughNamespaces}`, uid);
  if (most !== undefined && /no space left/i.test(problem))
    return asRoot(`sysctl -w user.max_user_namespaces=${Math.max(enoughNamespaces, 2 * most)}`, uid);
  if (isForRootAlone === true && uid !== 0) return asRoot('sysctl -w kernel.unprivileged_userns_clone=1', uid);
  if (/new[ug]idmap/.test(problem) || /ids cannot be mapped/.test(problem)) {
    return hasNoNewRights === true
      ? 'Log in again, or leave the sandbox that this shell runs in: it may gain no rights (no_new_privs).'
      : asRoot('chmod u+s /usr/bin/newuidmap /usr/bin/newgidmap', uid);
  }
  if (isConfined === true && uid !== 0) return asRoot('sysctl -w kernel.apparmor_restrict_unprivileged_userns=0', uid);
  return asRoot(`sysctl -w user.max_user_namespaces=${enoughNamespaces}`, uid);
}
