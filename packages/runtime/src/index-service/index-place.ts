import { join } from 'node:path';

/** By what name and port a workspace reaches the machine's package index. */
export const indexHost = 'index.devstead.internal';
export const indexPort = 3141;

/** Where the relay of a workspace listens in the network that its containers share: at no address a program would take. */
export const indexAddress = '127.0.31.41';

/** Where a container has the token for the index, when there is one. */
export const indexTokenPath = '/run/secrets/devpi-token';

/** Where the index of a state folder lies; workspaces reach it at the socket in it. */
export function indexFolder(stateFolder: string): string {
  return join(stateFolder, 'index');
}

/** The name of the socket in the index's folder. */
export const indexSocket = 'socket';
