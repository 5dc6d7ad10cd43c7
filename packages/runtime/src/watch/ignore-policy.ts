import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { defaultRules, ignoreFileNames } from './default-rules.ts';
import { findGitFolder, foldersAbove } from './git-folder.ts';
import { type IgnoreChain, ignoreLimits, judgePath, parseIgnoreFile } from './ignore-rules.ts';

/** Which paths of a project are not watched. */
export interface IgnorePolicy {
  /** The file that says so: `.devsteadignore`, `.odoignore` or `.gitignore`; absent: no file does. */
  readonly fileName?: (typeof ignoreFileNames)[number];
  /** What holds for the project's own folder, before its own ignore file. */
  readonly chain: IgnoreChain;
  /** Names of the folders from the top of the rules down to the project's folder. */
  readonly prefix: readonly string[];
  /** Rules that win over every file's. */
  readonly extra: IgnoreChain;
  /** Absolute paths that are never watched. */
  readonly excluded: ReadonlySet<string>;
  /** Says it instead of all files. */
  readonly ignores?: PathJudge;
}

/** Whether a path is not watched, by its names from the project's folder down. A folder that is not is not looked into. */
export type PathJudge = (names: readonly string[], isFolder: boolean) => boolean;

/**
 * Reads what holds for a project: `.devsteadignore` where its folder has one, else `.odoignore`, else `.gitignore` with
 * Git's other places of the same rules (the folders above in the repository, `info/exclude`).
 */
export function readIgnorePolicy(
  root: string,
  options: { readonly patterns?: readonly string[]; readonly excluded?: readonly string[] } = {},
): IgnorePolicy {
  const fileName = ignoreFileNames.find((name) => existsSync(join(root, name))) ?? '.gitignore';
  const git = fileName === '.gitignore' ? findGitFolder(root) : undefined;
  const top = git?.top ?? root;
  const defaults: IgnoreChain = { file: parseIgnoreFile(defaultRules, 0), above: undefined };
  let chain = defaults;
  if (git !== undefined) {
    chain = addIgnoreFile(chain, join(git.folder, 'info', 'exclude'), 0);
    for (const [depth, folder] of foldersAbove(top, root).entries())
      chain = addIgnoreFile(chain, join(folder, fileName), depth);
  }
  const prefix = relative(top, root)
    .split(sep)
    .filter((name) => name !== '');
  return {
    fileName,
    chain,
    prefix,
    extra: { file: parseIgnoreFile((options.patterns ?? []).join('\n'), prefix.length), above: undefined },
    excluded: new Set(options.excluded),
  };
}

/** What is watched is said by the caller alone. */
export function makeIgnorePolicy(ignores: PathJudge): IgnorePolicy {
  const none: IgnoreChain = { file: parseIgnoreFile('', 0), above: undefined };
  return { chain: none, prefix: [], extra: none, excluded: new Set(), ignores };
}

/** What holds for a folder: the chain of the one above it with its own ignore file, where it has one. */
export function addFolderRules(
  { fileName }: Pick<IgnorePolicy, 'fileName'>,
  chain: IgnoreChain,
  folder: string,
  depth: number,
): IgnoreChain {
  return fileName === undefined ? chain : addIgnoreFile(chain, join(folder, fileName), depth);
}

/** The chain with one more file, where it can be read. A link or a device is not followed. */
function addIgnoreFile(chain: IgnoreChain, path: string, depth: number): IgnoreChain {
  try {
    const { size } = lstatSync(path, { throwIfNoEntry: true });
    if (!lstatSync(path).isFile() || size > ignoreLimits.bytes) return chain;
    return { file: parseIgnoreFile(readFileSync(path, 'utf8'), depth), above: chain };
  } catch {
    return chain;
  }
}

/** True for a path that is not watched; its parents are known not to be ignored. Names from the project's folder down. */
export function isIgnored(
  policy: IgnorePolicy,
  chain: IgnoreChain,
  names: readonly string[],
  isFolder: boolean,
): boolean {
  if (names.at(-1) === '.git') return true;
  if (policy.ignores !== undefined) return policy.ignores(names, isFolder);
  const path = [...policy.prefix, ...names];
  const verdict = judgePath(policy.extra, path, isFolder) ?? judgePath(chain, path, isFolder);
  return verdict === 'ignored';
}
