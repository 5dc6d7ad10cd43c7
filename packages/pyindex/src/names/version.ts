import { clean, compare } from '@renovatebot/pep440';

const longestVersion = 128;
/** Longer numbers would be rounded, so that two versions became one. */
const tooLongNumber = /[0-9]{16}/;

/** The one spelling of a version (PEP 440): `v1.0-RC.1` is `1.0rc1`. Undefined for what is no version, or has numbers over 15 digits. */
export function normalizeVersion(version: string): string | undefined {
  if (version.length > longestVersion || tooLongNumber.test(version)) return undefined;
  // The library writes the parts of a local version with commas between them.
  return clean(version)?.replaceAll(',', '.');
}

/** True for versions that installers leave out unless asked: alpha, beta, candidate, development (PEP 440). */
export function isPrerelease(version: string): boolean {
  const [release] = normalizeVersion(version)?.split('+') ?? [];
  return release !== undefined && /[0-9](?:a|b|rc)[0-9]|\.dev[0-9]/.test(release);
}

/** Orders versions from old to new. What is no version comes before all that are, by its letters. */
export function compareVersions(left: string, right: string): number {
  return compareRanked(rankVersion(left), rankVersion(right));
}

/** Whether two spellings mean one version: `1.0-rc1` and `1rc1`. What is no version is the same as itself alone. */
export function isSameVersion(left: string, right: string): boolean {
  return left === right || compareVersions(left, right) === 0;
}

/** The versions from old to new, each spelling that means the same once (the first seen stays). */
export function sortVersions(versions: Iterable<string>): string[] {
  const bySpelling = new Map<string, RankedVersion>();
  for (const version of versions) {
    const ranked = rankVersion(version);
    const key = ranked.normal ?? version;
    if (!bySpelling.has(key)) bySpelling.set(key, ranked);
  }
  return [...bySpelling.values()].sort(compareRanked).map(({ text }) => text);
}

/** A version read once, to be compared often. */
interface RankedVersion {
  readonly text: string;
  readonly normal: string | undefined;
  /** The numbers, of a version that has nothing else. */
  readonly numbers: readonly number[] | undefined;
}

function rankVersion(text: string): RankedVersion {
  const normal = normalizeVersion(text);
  const isPlain = normal !== undefined && /^[0-9.]+$/.test(normal);
  return { text, normal, numbers: isPlain ? normal.split('.').map(Number) : undefined };
}

function compareRanked(left: RankedVersion, right: RankedVersion): number {
  if (left.numbers !== undefined && right.numbers !== undefined) return compareNumbers(left.numbers, right.numbers);
  if (left.normal !== undefined && right.normal !== undefined) return compare(left.normal, right.normal);
  if (left.normal !== undefined) return 1;
  if (right.normal !== undefined) return -1;
  return left.text < right.text ? -1 : Number(left.text > right.text);
}

/** Numbers that are not there count as 0: `1.0` is `1`. */
function compareNumbers(left: readonly number[], right: readonly number[]): number {
  for (let place = 0; place < Math.max(left.length, right.length); place += 1) {
    const difference = (left[place] ?? 0) - (right[place] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}
