import { satisfies } from '@renovatebot/pep440';
import type { GuardConfig } from '../../indexes/index-config.ts';
import { normalizeVersion } from '../../names/version.ts';
import type { ReleaseFile } from '../../source.ts';
import { compilePatterns, type NameTest } from './name-pattern.ts';
import { parseBlock, parseDenial } from './policy-entries.ts';

/** Why something is held back. */
export interface Decision {
  /** A stable, dotted id. */
  readonly rule: GuardRule;
  /** One sentence, without a full stop. */
  readonly reason: string;
  /** When this will be decided otherwise, in milliseconds since 1970. */
  readonly untilMs?: number;
}

export type GuardRule =
  | 'guard.claim'
  | 'guard.allow'
  | 'guard.deny'
  | 'guard.block'
  | 'guard.wheels-only'
  | 'guard.min-age';

/** What the guard of one index decides. Names are normalised. */
export interface Policy {
  /** The index whose guard it is. */
  readonly index: string;
  /** Whether upstream may be asked for a project; `undefined`: it may. */
  judgeName(project: string): Decision | undefined;
  /** Whether a file may be had; `undefined`: it may. */
  judgeFile(project: string, file: ReleaseFile, nowMs: number): Decision | undefined;
}

interface ReadSettings {
  readonly isClaimed: NameTest;
  readonly isAllowed: NameTest | undefined;
  readonly denials: readonly { readonly test: NameTest; readonly reason: string | undefined }[];
  readonly blocks: ReadonlyMap<string, readonly { readonly specifier: string; readonly reason: string | undefined }[]>;
  readonly isWheelsOnly: boolean;
  readonly minAgeSeconds: number;
  readonly isAgeExempt: NameTest;
}

type FileSettings = ReadSettings & { readonly byName: (project: string) => Decision | undefined };

/** Reads the guard's settings of an index; `undefined` when it has none. */
export function readPolicy(index: string, config: GuardConfig | undefined): Policy | undefined {
  if (config === undefined || Object.keys(config).length === 0) return undefined;
  const settings = readSettings(config);
  const byName = rememberLast((project) => judgeName(project, settings));
  const forFiles = { ...settings, isAgeExempt: rememberLast(settings.isAgeExempt), byName };
  return {
    index,
    judgeName: byName,
    judgeFile: (project, file, nowMs) => judgeFile(project, file, nowMs, forFiles),
  };
}

/** The files of a page are judged one after the other, and all have one name. */
function rememberLast<Result>(judge: (project: string) => Result): (project: string) => Result {
  let last: { readonly project: string; readonly result: Result } | undefined;
  return (project) => {
    if (last?.project !== project) last = { project, result: judge(project) };
    return last.result;
  };
}

function readSettings(config: GuardConfig): ReadSettings {
  const list = (key: string): readonly string[] => {
    const value = config[key];
    return Array.isArray(value) ? (value as readonly string[]) : [];
  };
  const blocks = new Map<string, { specifier: string; reason: string | undefined }[]>();
  for (const entry of list('block')) {
    const { name, specifier, reason } = parseBlock(entry);
    blocks.set(name, [...(blocks.get(name) ?? []), { specifier, reason }]);
  }
  return {
    isClaimed: compilePatterns(list('claims')),
    isAllowed: list('allow').length > 0 ? compilePatterns(list('allow')) : undefined,
    denials: list('deny').map((entry) => {
      const { pattern, reason } = parseDenial(entry);
      return { test: compilePatterns([pattern]), reason };
    }),
    blocks,
    isWheelsOnly: config['wheels_only'] === true,
    minAgeSeconds: typeof config['min_age'] === 'number' ? config['min_age'] : 0,
    isAgeExempt: compilePatterns(list('min_age_except')),
  };
}

function judgeName(project: string, { isClaimed, isAllowed, denials }: ReadSettings): Decision | undefined {
  if (isClaimed(project))
    return { rule: 'guard.claim', reason: `${project} is claimed as our own, upstream is not asked for it` };
  const denied = denials.find(({ test }) => test(project));
  if (denied !== undefined) return { rule: 'guard.deny', reason: denied.reason ?? `${project} is not allowed here` };
  if (isAllowed !== undefined && !isAllowed(project))
    return { rule: 'guard.allow', reason: `${project} is not among the projects that upstream may be asked for` };
  return undefined;
}

/** What was uploaded here is not subject to what is asked of upstream: allowed names, wheels only, age. */
function judgeFile(project: string, file: ReleaseFile, nowMs: number, settings: FileSettings): Decision | undefined {
  const isMirrored = file.origin.kind === 'mirror';
  const byName = settings.byName(project);
  if (byName !== undefined && (isMirrored || byName.rule === 'guard.deny')) return byName;
  const blocked = settings.blocks.get(project)?.find(({ specifier }) => isInside(file.version, specifier));
  if (blocked !== undefined)
    return { rule: 'guard.block', reason: blocked.reason ?? `${project}${blocked.specifier} is blocked` };
  if (!isMirrored) return undefined;
  if (settings.isWheelsOnly && !file.filename.endsWith('.whl'))
    return { rule: 'guard.wheels-only', reason: 'only wheels are allowed, since others run code to be installed' };
  return settings.minAgeSeconds > 0 && !settings.isAgeExempt(project)
    ? judgeAge(file, nowMs, settings.minAgeSeconds)
    : undefined;
}

/** What cannot be compared is not let through. */
function isInside(version: string | undefined, specifier: string): boolean {
  if (specifier === '') return true;
  const normal = version === undefined ? undefined : normalizeVersion(version);
  return normal === undefined || satisfies(normal, specifier, { prereleases: true });
}

/** A file whose age is not known counts as too young. */
function judgeAge({ uploadTime }: ReleaseFile, nowMs: number, minAgeSeconds: number): Decision | undefined {
  const uploadedMs = uploadTime === undefined ? Number.NaN : Date.parse(uploadTime);
  const rule = 'guard.min-age';
  if (Number.isNaN(uploadedMs)) return { rule, reason: 'upstream does not say when it was uploaded' };
  const untilMs = uploadedMs + minAgeSeconds * 1000;
  if (nowMs >= untilMs) return undefined;
  return {
    rule,
    reason: `it is younger than ${showAge(minAgeSeconds)}, until ${new Date(untilMs).toISOString()}`,
    untilMs,
  };
}

/** Seconds in the largest unit that has no rest: `7 days`. */
function showAge(seconds: number): string {
  const units = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const;
  const [name, size] = units.find(([, each]) => seconds % each === 0) ?? ['second', 1];
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
