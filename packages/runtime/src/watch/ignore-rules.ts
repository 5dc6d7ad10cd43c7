import { matchesPath, type PathPattern, parsePattern } from './glob.ts';

/** The rules of one ignore file (gitignore(5)). */
export interface IgnoreFile {
  /** How many folders below the top its folder lies: its patterns are about paths from there. */
  readonly depth: number;
  readonly rules: readonly IgnoreRule[];
}

interface IgnoreRule {
  readonly pattern: PathPattern;
  readonly isNegated: boolean;
  readonly isForFolders: boolean;
}

/** The ignore files that hold for a folder: its own first, then those of the folders above it. */
export interface IgnoreChain {
  readonly file: IgnoreFile;
  readonly above: IgnoreChain | undefined;
}

/** What an ignore file may ask; what goes beyond is not read. Real ones stay far below. */
export const ignoreLimits = { bytes: 256 * 1024, rules: 5000, patternLength: 1024 } as const;

/** Reads an ignore file. Lines that can match nothing are passed over, as Git does. */
export function parseIgnoreFile(text: string, depth: number): IgnoreFile {
  const rules: IgnoreRule[] = [];
  for (const line of text
    .slice(0, ignoreLimits.bytes)
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)) {
    const rule = line.length > ignoreLimits.patternLength ? undefined : parseRule(line);
    if (rule !== undefined) rules.push(rule);
    if (rules.length === ignoreLimits.rules) break;
  }
  return { depth, rules };
}

function parseRule(line: string): IgnoreRule | undefined {
  let text = trimEnd(line);
  if (text === '' || text.startsWith('#')) return undefined;
  const isNegated = text.startsWith('!');
  if (isNegated) text = text.slice(1);
  const isForFolders = text.endsWith('/');
  if (isForFolders) text = text.slice(0, -1);
  const isAnchored = text.includes('/');
  if (text.startsWith('/')) text = text.slice(1);
  if (text === '') return undefined;
  const pattern = parsePattern(isAnchored ? text : `**/${text}`);
  return pattern === undefined ? undefined : { pattern, isNegated, isForFolders };
}

/** Without trailing spaces, but for those that a `\` keeps. */
function trimEnd(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === ' ' && !isEscaped(line, end - 1)) end -= 1;
  return line.slice(0, end);
}

function isEscaped(line: string, at: number): boolean {
  let count = 0;
  while (line[at - 1 - count] === '\\') count += 1;
  return count % 2 === 1;
}

/**
 * What the files say on a path, of which no folder above is ignored: the last rule that matches it decides, the nearest
 * file first. Undefined: no rule is about it.
 */
export function judgePath(
  chain: IgnoreChain | undefined,
  path: readonly string[],
  isFolder: boolean,
): 'ignored' | 'kept' | undefined {
  for (let link = chain; link !== undefined; link = link.above) {
    const { depth, rules } = link.file;
    const below = depth === 0 ? path : path.slice(depth);
    for (let index = rules.length - 1; index >= 0; index -= 1) {
      const rule = rules[index];
      if (rule === undefined || (rule.isForFolders && !isFolder) || !matchesPath(rule.pattern, below)) continue;
      return rule.isNegated ? 'kept' : 'ignored';
    }
  }
  return undefined;
}
