/** Moves workspaces from one runtime to another. The caller holds the workspace's lock. */

export { carryOutMove, type MovedVolume, prepareMove } from './move-workspace.ts';
export { settleMove } from './settle-move.ts';
