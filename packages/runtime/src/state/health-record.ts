import { readJsonFile, writeJsonFile } from './json-file.ts';
import { groupReadable } from './made-container.ts';
import type { ContainerPaths } from './paths.ts';

export type Health = 'starting' | 'healthy' | 'unhealthy';

/** What a container's check answered of late, as container engines tell it. */
export interface HealthRecord {
  readonly status: Health;
  readonly failingStreak: number;
  /** The last ones, the newest at the end. */
  readonly log: readonly HealthAnswer[];
}

export interface HealthAnswer {
  /** ISO 8601. */
  readonly start: string;
  readonly end: string;
  readonly exitCode: number;
  readonly output: string;
}

const keptAnswers = 5;

/** The record after one more answer; `counts` is false for a failure so early that it says nothing. */
export function addAnswer(
  before: HealthRecord | undefined,
  answer: HealthAnswer,
  { retries, counts }: { readonly retries: number; readonly counts: boolean },
): HealthRecord {
  const log = [...(before?.log ?? []), answer].slice(-keptAnswers);
  if (answer.exitCode === 0) return { status: 'healthy', failingStreak: 0, log };
  const status = before?.status ?? 'starting';
  if (!counts && status === 'starting') return { status, failingStreak: 0, log };
  const failingStreak = (before?.failingStreak ?? 0) + 1;
  return { status: failingStreak >= retries ? 'unhealthy' : status, failingStreak, log };
}

export function readHealth(paths: ContainerPaths): HealthRecord | undefined {
  return readJsonFile<HealthRecord>(paths.health);
}

export function writeHealth(paths: ContainerPaths, record: HealthRecord): void {
  writeJsonFile(paths.health, record, groupReadable);
}
