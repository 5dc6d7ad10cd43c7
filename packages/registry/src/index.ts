export { folderSource, type StackSource } from './sources/stack-source.ts';
export { gitSource } from './sources/git-source.ts';
export { prepareRegistry, type RegistrySettings, type RunningRegistry, startRegistry } from './start-registry.ts';
export type * from './types.ts';
export type { GetOptions, WebAnswer, World } from './world.ts';
