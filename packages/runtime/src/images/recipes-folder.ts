import { fileURLToPath } from 'node:url';

/** The recipes that come with Devstead. */
export const recipesFolder = fileURLToPath(new URL('../../recipes/', import.meta.url));
