import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { ServiceBuild, WatchRule } from '@devstead/environment';
import {
  type DockerIgnore,
  isDockerIgnored,
  isFolderIgnored,
  listDockerIgnore,
  readDockerIgnore,
} from '../docker-ignore/docker-ignore.ts';
import type { PathJudge } from '../watch/ignore-policy.ts';

/** What a rule of `develop.watch` is about. */
export interface WatchedPaths {
  /** Real path of the folder that is watched: that of the rule, or the one its file lies in. */
  readonly root: string;
  /** The one file in it that is meant, when the rule names a file. */
  readonly file?: string;
  /** What below the root is left alone. */
  readonly ignores: PathJudge;
  /** `include` says which files are meant: there are others beside them. */
  readonly isChosen: boolean;
  /** Patterns that are none, for people. */
  readonly mistakes: readonly string[];
}

/** What editors write for a moment, and what nobody means: docker compose leaves the same out. */
const passing = listDockerIgnore([
  '**/*___jb_old___',
  '**/*___jb_tmp___',
  '**/.idea/**',
  '**/.#*',
  '**/#*#',
  '**/4913',
  '**/*~',
  '**/.*.sw?',
  '**/.*.kate-swp',
  '**/.goutputstream-*',
  '**/.nfs*',
]).ignore;

const nothing: DockerIgnore = { rules: [] };

/**
 * The paths that a rule is about (Compose Develop Specification, `watch`): those below its own, without what its `ignore`,
 * the `.dockerignore` of the service's build and editors leave out, and of these what `include` names. Undefined as long as
 * there is nothing at the rule's path.
 */
export function findWatchedPaths(rule: WatchRule, build: ServiceBuild | undefined): WatchedPaths | undefined {
  const path = findRealPath(rule.path);
  if (path === undefined) return undefined;
  const isFile = !lstatSync(path).isDirectory();
  if (isFile) {
    const file = basename(path);
    return { root: dirname(path), file, ignores: (names) => names.join('/') !== file, isChosen: true, mistakes: [] };
  }
  const own = listDockerIgnore(rule.ignore);
  const included = listDockerIgnore(rule.include);
  const ofBuild = readBuildIgnore(build);
  const fromContext = ofBuild === undefined ? undefined : relative(ofBuild.folder, path);
  const isBelowContext = fromContext !== undefined && fromContext !== '..' && !fromContext.startsWith('../');
  const ignores: PathJudge = (names, isFolder) => {
    const name = names.join('/');
    const judge = isFolder ? isFolderIgnored : isDockerIgnored;
    if (judge(passing, name) || judge(own.ignore, name)) return true;
    if (ofBuild !== undefined && isBelowContext && judge(ofBuild.ignore, join(fromContext, name))) return true;
    return !isFolder && rule.include.length > 0 && !isDockerIgnored(included.ignore, name);
  };
  const mistakes = [
    ...own.mistakes.map(({ text, cause }) => `ignore: ${text}: ${cause}`),
    ...included.mistakes.map(({ text, cause }) => `include: ${text}: ${cause}`),
    ...(ofBuild?.mistakes ?? []),
  ];
  return { root: path, ignores, isChosen: rule.include.length > 0, mistakes };
}

function findRealPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

interface BuildIgnore {
  readonly folder: string;
  readonly ignore: DockerIgnore;
  readonly mistakes: readonly string[];
}

/** The file named after the Dockerfile wins over the one of the context (Dockerfile reference, `.dockerignore`). */
function readBuildIgnore(build: ServiceBuild | undefined): BuildIgnore | undefined {
  const folder = build === undefined ? undefined : findRealPath(build.context);
  if (build === undefined || folder === undefined) return undefined;
  const { dockerfile = 'Dockerfile' } = build;
  for (const name of [`${dockerfile}.dockerignore`, '.dockerignore']) {
    const text = readSmallFile(join(folder, name));
    if (text === undefined) continue;
    const { ignore, mistakes } = readDockerIgnore(text);
    return { folder, ignore, mistakes: mistakes.map((one) => `${name}:${one.line}: ${one.text}: ${one.cause}`) };
  }
  return { folder, ignore: nothing, mistakes: [] };
}

const mostIgnoreBytes = 1024 * 1024;

function readSmallFile(path: string): string | undefined {
  try {
    const stats = lstatSync(path);
    return stats.isFile() && stats.size <= mostIgnoreBytes ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
