export { type ComposeCode, composeCodes } from './codes.ts';
export { type DotenvReading, parseDotenv } from './dotenv/parse-dotenv.ts';
export { type ComposeFiles, type FoundFile, filesFromMap } from './load/files.ts';
export { composeFileNames } from './project/compose-names.ts';
export type { ComposeProject, ComposeReading, ComposeRequest } from './project/types.ts';
export { readCompose } from './read-compose.ts';
export {
  listImages,
  listProfiles,
  listResources,
  listServices,
  listVariables,
  renderHashText,
} from './render-config/lists.ts';
export { type ConfigFormat, renderConfig } from './render-config/render-config.ts';
export { type ComposeEnvironmentReading, readEnvironmentFromCompose } from './to-environment/read-environment.ts';
export { parsePort } from './values/parse-port.ts';
export { parseVolume } from './values/parse-volume.ts';
