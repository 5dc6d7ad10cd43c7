/** Keeping folders of containers like those of this machine; apart from the main entry: loaded only where it is used. */

export { type SyncTarget, syncInto } from './sync-into.ts';
export { type TreeChanges, TreeState } from './tree-state.ts';
export { findWatchedPaths, type WatchedPaths } from './watched-paths.ts';
