export { type DevcontainerCode, devcontainerCodes } from './codes.ts';
export {
  type DevcontainerEnvironmentReading,
  type DevcontainerRequest,
  findDevcontainerFolder,
  readEnvironmentFromDevcontainer,
} from './read-devcontainer.ts';
