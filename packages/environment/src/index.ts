export { type EnvironmentCode, environmentCodes } from './codes.ts';
export {
  type CommandTree,
  eventCommands,
  flattenCommand,
  type ResolvedCommand,
  resolveCommand,
} from './expand-commands.ts';
export { type EnvironmentReading, readEnvironmentFromDevfile } from './from-devfile/read-environment.ts';
export type { OriginsOf } from './from-devfile/reading.ts';
export { readEnvironmentFromDevfile1 } from './from-devfile1/read-environment.ts';
export type { SoundDevfile1 } from './from-devfile1/types.ts';
export { type Leaf, type LeafValue, listLeaves } from './leaves.ts';
export { renderWhy } from './render-why.ts';
export type * from './types.ts';
export { findValues, listPaths, type WhyAnswer } from './why.ts';
