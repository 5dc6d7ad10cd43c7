/** Where the first process of every container and command comes from: inside, outside any path an image uses. */
export const initFolder = '/.devstead';
