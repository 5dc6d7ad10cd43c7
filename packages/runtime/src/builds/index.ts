/** Images from Dockerfiles. Apart from the main entry, because only builds need it. */
export { type DockerfileCode, dockerfileCodes } from '../dockerfile/codes.ts';
export { type BuildObserver, type BuildOrder, buildDockerfile, type DockerfileBuild } from './build-dockerfile.ts';
export type { BuildEvent, BuildSecret } from './image-builder.ts';
export { pruneBuilder } from './prune-builder.ts';
