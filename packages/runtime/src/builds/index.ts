/** Images from Dockerfiles. Apart from the main entry, because only builds need it. */
export { type DockerfileCode, dockerfileCodes } from '../dockerfile/codes.ts';
export { machinePlatform, renderPlatform } from '../images/oci/platform.ts';
export { buildDockerfile } from './build-dockerfile.ts';
export type { BuildObserver, BuildOrder, DockerfileBuild } from './build-order.ts';
export type { BuildEvent, BuildKey, BuildSecret } from './builder/image-builder.ts';
export { readContextAddress } from './context/context-address.ts';
export { measurePrune, pruneBuilder } from './prune-builder.ts';
