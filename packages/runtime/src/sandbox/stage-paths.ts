import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Below a workspace's `files`: those of a container with a network of its own. */
export function dedicatedFiles(container: string): string {
  return join('dedicated', container);
}

/**
 * Where a workspace's mounts are gathered inside the holder's mount namespace: a tmpfs over a folder that every Linux
 * has and no user keeps files in. It also hides the machine's cgroups, whose layout crun would refuse when it is a mix
 * of both versions.
 */
export const stage = '/sys/fs/cgroup';

export const stagePaths = {
  /** The workspace's folder. */
  workspace: `${stage}/workspace`,
  layers: `${stage}/layers`,
  /** crun's own state: gone with the namespace. */
  crun: `${stage}/crun`,
  roots: `${stage}/roots`,
  root: (container: string) => `${stage}/roots/${container}`,
  networks: `${stage}/networks`,
  /** Keeps the network of a container that has one of its own. */
  network: (container: string) => `${stage}/networks/${container}`,
  folders: `${stage}/folders`,
  /** A folder in a volume that a container has mounted, by the mount's place in its spec. */
  part: (container: string, index: number) => `${stage}/folders/${container}-part-${index}`,
  /** Another source is another place, so that what is mounted there is never an earlier one. */
  folder: (container: string, source: string) =>
    `${stage}/folders/${container}-${createHash('sha256').update(source).digest('hex').slice(0, 12)}`,
} as const;
