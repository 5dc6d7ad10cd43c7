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

/** Words of a compose file, which say something else in the model. */
const composeWords: ReadonlyMap<string, string> = new Map([
  ['services', 'containers'],
  ['command', 'args'],
  ['entrypoint', 'command'],
  ['environment', 'env'],
  ['mem_limit', 'memoryLimitBytes'],
  ['mem_reservation', 'memoryRequestBytes'],
  ['cpus', 'cpuLimitMillis'],
  ['container_name', 'containerName'],
  ['depends_on', 'dependsOn'],
  ['network_mode', 'networkMode'],
  ['pull_policy', 'pullPolicy'],
  ['read_only', 'readOnly'],
  ['working_dir', 'workingDir'],
  ['group_add', 'groups'],
  ['cap_add', 'capAdd'],
  ['cap_drop', 'capDrop'],
  ['security_opt', 'securityOptions'],
  ['shm_size', 'shmSizeBytes'],
  ['pids_limit', 'pidsLimit'],
  ['extra_hosts', 'extraHosts'],
  ['stop_signal', 'signal'],
  ['stop_grace_period', 'gracePeriodMs'],
  ['start_period', 'startPeriodMs'],
  ['start_interval', 'startIntervalMs'],
  ['interval', 'intervalMs'],
  ['timeout', 'timeoutMs'],
  ['scale', 'replicas'],
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
  const isCompose = environment.source.format === 'compose';
  const wordsOf = (path: string) => (isCompose ? withoutGroup(path.split('.')) : path.split('.'));
  const find = (words: readonly string[]): readonly WhyAnswer[] => {
    const isBareName = words.length === 1;
    const fromTheTop = answers.filter(({ path }) => isBelow(wordsOf(path), words));
    if (!isBareName && fromTheTop.length > 0) return fromTheTop;
    return answers.filter(({ path }) => isWithin(wordsOf(path), words));
  };
  if (isCompose) {
    const composed = find(asked.map((word) => composeWords.get(word) ?? word));
    if (composed.length > 0) return composed;
  }
  const exact = find(asked.filter((word, index) => !isCompose || index === 0 || word !== 'service'));
  return exact.length > 0 ? exact : find(asked.map((word) => devfileWords.get(word) ?? word));
}

/** `containers.web.service.user` as people ask for it: `containers.web.user`. */
function withoutGroup(path: readonly string[]): readonly string[] {
  return path[0] === 'containers' ? path.filter((word) => word !== 'service') : path;
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
