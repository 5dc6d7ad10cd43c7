/** Paths of POSIX systems, pure, so that a browser reads the same project. */

export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || /^[a-z]:[\\/]/i.test(path);
}

/** Without needless slashes, dots and `..`; an absolute path never leaves the root. */
export function cleanPath(path: string): string {
  const isAbsolute = path.startsWith('/');
  const words: string[] = [];
  for (const word of path.split('/')) {
    if (word === '' || word === '.') continue;
    if (word !== '..') words.push(word);
    else if (words.length > 0 && words.at(-1) !== '..') words.pop();
    else if (!isAbsolute) words.push('..');
  }
  const joined = words.join('/');
  if (isAbsolute) return `/${joined}`;
  return joined === '' ? '.' : joined;
}

export function joinPath(folder: string, path: string): string {
  return isAbsolutePath(path) ? cleanPath(path) : cleanPath(`${folder}/${path}`);
}

export function folderOf(path: string): string {
  const end = path.lastIndexOf('/');
  if (end === -1) return '.';
  return end === 0 ? '/' : path.slice(0, end);
}

export function baseNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `~` and `~/…` with the user's home folder; as it is where that is not known. */
export function expandHome(path: string, home: string | undefined): string {
  if (home === undefined || !(path === '~' || path.startsWith('~/'))) return path;
  return path === '~' ? home : `${home}/${path.slice(2)}`;
}
/** True when the path is the folder or lies in it; both absolute and clean. */
export function isInFolder(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}
