/** Copies between this machine and containers. */

export { copyIn } from './copy-in.ts';
export { copyOut } from './copy-out.ts';
export { type CopyPlace, parsePlace } from './copy-place.ts';
