import { fileURLToPath } from 'node:url';

/** The folder of the stacks that Devstead brings, in the official layout. */
export const shippedFolder = fileURLToPath(new URL('../shipped', import.meta.url));
