/** Volumes of workspaces: what they hold, who has them, their backups. The caller holds the workspace's lock. */

export { backupVolume } from './backup-volume.ts';
export { listVolumes, requireUnused, requireVolume, type VolumeInfo } from './list-volumes.ts';
export { removeVolume } from './remove-volume.ts';
export { isVolumeEmpty, restoreVolume } from './restore-volume.ts';
