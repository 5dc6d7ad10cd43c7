/**
 * The path without needless slashes and dots, when it is an absolute path below the root folder that no `..` leaves;
 * else undefined. `:` and control characters are refused: mount tables and PATH-like variables cannot hold them.
 */
export function normalizeContainerPath(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined;
  const words = splitPath(path);
  return words === undefined || words.length === 0 ? undefined : `/${words.join('/')}`;
}

/** The path without needless slashes and dots (`.` for none), when it is relative and has no `..`; else undefined. */
export function normalizeRelativePath(path: string): string | undefined {
  if (path.startsWith('/')) return undefined;
  const words = splitPath(path);
  return words === undefined ? undefined : words.join('/') || '.';
}

/** The same for a folder inside fetched sources, where Git's own folder is out of reach too. */
export function normalizeFolder(path: string): string | undefined {
  const folder = normalizeRelativePath(path);
  return folder?.split('/').some((word) => word.toLowerCase() === '.git') === true ? undefined : folder;
}

/** `path` is relative, as `normalizeRelativePath` gives it. */
export function joinContainerPath(folder: string, path: string): string {
  return path === '.' ? folder : `${folder}/${path}`;
}

function splitPath(path: string): readonly string[] | undefined {
  if (/[\u0000-\u001f\u007f:\\]/.test(path)) return undefined;
  const words = path.split('/').filter((word) => word !== '' && word !== '.');
  return words.includes('..') ? undefined : words;
}
