/** What a root of a container may do; everything else is gone for good, also for programs with file capabilities. */
export const usualCapabilities: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
];

/** What a root may get beside the usual when it asks: nothing of it reaches out of the sandbox's own namespaces. */
const grantableCapabilities: readonly string[] = [
  'CAP_AUDIT_WRITE',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_LEASE',
  'CAP_MKNOD',
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_SYS_NICE',
  'CAP_SYS_PTRACE',
  'CAP_SYS_RESOURCE',
];

/**
 * The capabilities left and granted (Compose Specification, `cap_add` and `cap_drop`), names with or without `CAP_`.
 * Undefined for the usual ones. What is not to be had is left out.
 */
export function chooseCapabilities(add: readonly string[], drop: readonly string[]): readonly string[] | undefined {
  if (add.length === 0 && drop.length === 0) return undefined;
  const all = [...usualCapabilities, ...grantableCapabilities];
  const named = (words: readonly string[]): ReadonlySet<string> =>
    new Set(words.map((word) => `CAP_${word.toUpperCase().replace(/^CAP_/, '')}`));
  const [added, dropped] = [named(add), named(drop)];
  return all.filter((one) => {
    if (added.has(one)) return true;
    if (dropped.has(one)) return false;
    if (added.has('CAP_ALL')) return true;
    return usualCapabilities.includes(one) && !dropped.has('CAP_ALL');
  });
}
