import type { MinimalImage } from '../types.ts';

/** The files of an image as it was installed, and whose they are. */
export interface Survey {
  /** By path without a slash at its beginning. */
  readonly files: ReadonlyMap<string, SurveyedFile>;
  /** What each package brought, as it says: absolute paths, which may lead through links of the image. */
  readonly packages: ReadonlyMap<string, readonly string[]>;
}

interface SurveyedFile {
  readonly isFolder: boolean;
  /** Where a link leads. */
  readonly target?: string;
}

/** What stays of an image, or why nothing can. */
export interface Selection {
  /** Without a slash at their beginning, each after the folders it lies in. */
  readonly paths: readonly string[];
  /** One sentence each. */
  readonly problems: readonly string[];
}

/** Reads what the step `survey` prints. */
export function parseSurvey(text: string): Survey {
  const files = new Map<string, SurveyedFile>();
  const packages = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of text.split('\0')) {
    const [kind = '', path = '', target = ''] = line.split('\t');
    if (kind === 'package') packages.set(path, (current = []));
    else if (current !== undefined) current.push(line);
    else if (path !== '') files.set(path, { isFolder: kind === 'd', ...(kind === 'l' ? { target } : {}) });
  }
  return { files, packages };
}

/**
 * Chooses the files of a minimal image: those of its packages and further ones that `files` names, but for what
 * `without` names, and the folders and links on the way to them. A name that stands for nothing is a problem: it would be a file
 * that is missing, or one that is there by mistake.
 */
export function selectFiles(minimal: MinimalImage, { files, packages }: Survey): Selection {
  const problems: string[] = [];
  const all = [...files.keys()];
  const find = (pattern: string, among: readonly string[]): readonly string[] => {
    const expression = compilePattern(pattern);
    const found = among.filter((path) => expression.test(path));
    if (found.length === 0) problems.push(`${pattern} names no file`);
    return found;
  };
  const brought = minimal.packages
    .flatMap((name) => packages.get(name) ?? [])
    .map((path) => followLinks(path, files))
    .filter((path) => files.has(path));
  const chosen = new Set([...brought, ...minimal.files.flatMap((pattern) => find(pattern, all))]);
  for (const path of minimal.without.flatMap((pattern) => find(pattern, [...chosen]))) chosen.delete(path);
  // Programs name their loader and libraries by these links, which no package has.
  for (const [path, { target }] of files) if (target !== undefined && !path.includes('/')) chosen.add(path);
  for (const path of chosen) for (const folder of foldersOf(path)) chosen.add(folder);
  return { paths: [...chosen].filter((path) => !isMountPoint(path)).sort(), problems };
}

/** `*` stands for any characters, slashes too. */
function compilePattern(pattern: string): RegExp {
  const quoted = pattern
    .slice(1)
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${quoted.join('.*')}$`, 's');
}

/** Where a path of a package lies: `/lib/x` in `usr/lib/x` when `/lib` is a link there. */
function followLinks(path: string, files: Survey['files']): string {
  const [first = '', ...rest] = path.slice(1).split('/');
  const target = files.get(first)?.target;
  if (target === undefined || rest.length === 0) return path.slice(1);
  return [target.replace(/^\//, ''), ...rest].join('/');
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Folders where a build has mounts of its own; every image gets them anew. */
function isMountPoint(path: string): boolean {
  return ['dev', 'proc', 'sys', 'run', 'tmp'].includes(path.split('/')[0] ?? '');
}
