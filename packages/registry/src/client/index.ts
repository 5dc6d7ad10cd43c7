export { openLocalLibrary } from './local-library.ts';
export { chooseVersion, openRemoteLibrary } from './remote-library.ts';
export type { StackLibrary, TakenDevfile } from './stack-library.ts';
