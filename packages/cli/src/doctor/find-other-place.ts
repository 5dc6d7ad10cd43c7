import { accessSync, constants, statfsSync } from 'node:fs';

/** Kinds of file systems whose folders can be the written part of an overlay (statfs(2), f_type): ext4, xfs, btrfs, tmpfs. */
const suitable = [0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994];
const places = ['/var/lib', '/srv', '/var/tmp', '/tmp', '/dev/shm'];

/** What moves the state folder to a file system on which containers can have roots. */
export function findOtherPlace(user: { readonly name: string }): string {
  const place = places.find((folder) => {
    try {
      accessSync(folder, constants.W_OK);
      return suitable.includes(statfsSync(folder).type);
    } catch {
      return false;
    }
  });
  return place === undefined
    ? 'Set DEVSTEAD_HOME to a folder on ext4, xfs or btrfs (Linux 5.11 or newer).'
    : `export DEVSTEAD_HOME=${place}/devstead-${user.name}`;
}
