import type { Devfile } from '@devstead/devfile';

/** The attribute that says where an operator keeps volumes (devfile 2, 1.6). */
export const storageTypeAttribute = 'controller.devfile.io/storage-type';

/** Storage types that mean here what they mean elsewhere. */
export const supportedStorageTypes: readonly unknown[] = ['per-workspace', 'common', 'ephemeral'];

/** True when the devfile asks that no volume outlives a stop. */
export function isStorageEphemeral(devfile: Devfile): boolean {
  return devfile.attributes?.[storageTypeAttribute] === 'ephemeral';
}
