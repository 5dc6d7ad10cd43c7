/** What every runtime writes down about a workspace, as small as commands need that start quickly. */
export { readJsonFile, writeJsonFile } from './sandbox/json-file.ts';
export { readMadeContainer, tolerate } from './sandbox/observe.ts';
export type { WorkspacePaths } from './sandbox/paths.ts';
