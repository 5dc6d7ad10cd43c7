import { type LeafValue, listLeaves } from './leaves.ts';
import type { Environment, Origin } from './types.ts';

/** One value of the environment, and where it came from, nearest cause first. */
export interface WhyAnswer {
  readonly path: string;
  readonly value: LeafValue;
  readonly origins: readonly Origin[];
}

/** Words of the devfile for what the model names otherwise. */
const devfileWords: ReadonlyMap<string, string> = new Map([
  ['memoryLimit', 'memoryLimitBytes'],
  ['memoryRequest', 'memoryRequestBytes'],
  ['cpuLimit', 'cpuLimitMillis'],
  ['cpuRequest', 'cpuRequestMillis'],
  ['size', 'sizeBytes'],
  ['targetPort', 'port'],
  ['volumeMounts', 'mounts'],
  ['sourceMapping', 'sources'],
  ['mountSources', 'sources'],
  ['dedicatedPod', 'dedicated'],
]);

/** The paths of all values, in the model's order. */
export function listPaths(environment: Environment): readonly string[] {
  return listLeaves(environment).map(({ path }) => path);
}

/**
 * The values a question is about (conventions, 14). A path (`python-dev.env.FLASK_APP`, with or without `containers.`)
 * gives that value, or all values below it; a bare name (`FLASK_APP`, `venv`, `memoryLimit`) gives every match. The
 * devfile's own words are understood. Empty when nothing matches.
 */
export function findValues(environment: Environment, query: string): readonly WhyAnswer[] {
  const answers = listLeaves(environment).map(({ path, value }) => ({
    path,
    value,
    origins: environment.provenance[path] ?? [],
  }));
  const asked = query.trim().split('.');
  if (asked.includes('')) return [];
  const find = (words: readonly string[]): readonly WhyAnswer[] => {
    const isBareName = words.length === 1;
    const fromTheTop = answers.filter(({ path }) => isBelow(path.split('.'), words));
    if (!isBareName && fromTheTop.length > 0) return fromTheTop;
    return answers.filter(({ path }) => isWithin(path.split('.'), words));
  };
  const exact = find(asked);
  return exact.length > 0 ? exact : find(asked.map((word) => devfileWords.get(word) ?? word));
}

/** True when the words begin the path, or begin it after the name of its list (`containers`, or `components` asked for). */
function isBelow(path: readonly string[], words: readonly string[]): boolean {
  const below = words[0] === 'components' ? words.slice(1) : words;
  return startsWith(path, words, 0) || startsWith(path, below, 1);
}

/** True when the words follow one another anywhere in the path. */
function isWithin(path: readonly string[], words: readonly string[]): boolean {
  return path.some((_word, start) => startsWith(path, words, start));
}

function startsWith(path: readonly string[], words: readonly string[], start: number): boolean {
  return words.length > 0 && words.every((word, index) => path[start + index] === word);
}
