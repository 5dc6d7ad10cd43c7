import { compilePattern, type IgnorePattern, matchesPathOrParent, mayMatchBelow } from './ignore-pattern.ts';

/** The rules of a `.dockerignore`, or of a list written like one. Later ones win over earlier ones. */
export interface DockerIgnore {
  readonly rules: readonly IgnoreRule[];
}

interface IgnoreRule {
  readonly pattern: IgnorePattern;
  /** `!pattern`: what it stands for is not ignored. */
  readonly isKept: boolean;
}

/** A line that is no pattern. */
export interface IgnoreMistake {
  /** From 1; of a list, the how manieth entry. */
  readonly line: number;
  readonly text: string;
  /** What is wrong, in a few words. */
  readonly cause: string;
}

/** What an ignore file may ask. Real ones stay far below. */
const limits = { bytes: 1024 * 1024, rules: 10_000, patternLength: 4096 } as const;

/**
 * Reads a `.dockerignore`: one pattern a line, `#` at the very start of a line begins a comment. The patterns are about
 * paths from the folder of the build's context. Mistakes stop `docker build`; here they are told and passed over.
 */
export function readDockerIgnore(text: string): { ignore: DockerIgnore; mistakes: readonly IgnoreMistake[] } {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  return compileLines(lines.map((line) => (line.startsWith('#') ? '' : line)));
}

/** The same for patterns that are a list already, as compose's `develop.watch` has them: a `#` is a character there. */
export function listDockerIgnore(patterns: readonly string[]): {
  ignore: DockerIgnore;
  mistakes: readonly IgnoreMistake[];
} {
  return compileLines(patterns);
}

function compileLines(lines: readonly string[]): { ignore: DockerIgnore; mistakes: IgnoreMistake[] } {
  const rules: IgnoreRule[] = [];
  const mistakes: IgnoreMistake[] = [];
  for (const [index, text] of lines.entries()) {
    const say = (cause: string): void => void mistakes.push({ line: index + 1, text: text.slice(0, 200), cause });
    if (text.length > limits.patternLength) {
      say(`it is longer than ${limits.patternLength} characters`);
      continue;
    }
    const line = trimSpace(text);
    if (line === '') continue;
    if (rules.length === limits.rules) {
      say(`there are more than ${limits.rules} patterns`);
      break;
    }
    const isKept = line.startsWith('!');
    const cleaned = cleanPath(trimSpace(cleanPath(isKept ? trimSpace(line.slice(1)) : line)));
    if (cleaned === '' && !isKept) continue;
    if (isKept && (cleaned === '' || cleaned === '/')) {
      say('nothing follows the `!`');
      continue;
    }
    const pattern = compilePattern(cleaned);
    if ('cause' in pattern) say(pattern.cause);
    else rules.push({ pattern, isKept });
  }
  return { ignore: { rules }, mistakes };
}

/** White space as Go's `strings.TrimSpace` has it. */
function trimSpace(text: string): string {
  return text.replace(/^[\s\u0085]+/u, '').replace(/[\s\u0085]+$/u, '');
}

/** Without `.`, doubled slashes, `..` where a name goes before it, and slashes at the ends (Go's `filepath.Clean`). */
function cleanPath(text: string): string {
  if (text === '') return '';
  const isAbsolute = text.startsWith('/');
  const names: string[] = [];
  for (const name of text.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.length > 0 && names.at(-1) !== '..') names.pop();
    else if (!isAbsolute) names.push(name);
  }
  return names.join('/') || (isAbsolute ? '/' : '.');
}

/**
 * True when the rules leave a path out. Names from the context's folder down, parted by slashes, none at the ends. A
 * pattern that stands for a folder stands for all below it too; the folder itself (`.`) is never left out.
 */
export function isDockerIgnored({ rules }: DockerIgnore, path: string): boolean {
  let isIgnored = false;
  for (const { pattern, isKept } of rules) {
    if (isKept === isIgnored && matchesPathOrParent(pattern, path)) isIgnored = !isKept;
  }
  return isIgnored;
}

/** True when a folder and all that can be in it is left out, so that nobody need look into it. */
export function isFolderIgnored(ignore: DockerIgnore, folder: string): boolean {
  if (!isDockerIgnored(ignore, folder)) return false;
  return !ignore.rules.some(({ pattern, isKept }) => isKept && mayMatchBelow(pattern, folder));
}
