/** Watching a project for changes; apart from the package's main entry so that it is loaded only where it is used. */

export { makePathFilter } from './path-filter.ts';
export { type ChangeBatch, ProjectWatcher, type ProjectWatcherOptions } from './project-watcher.ts';
