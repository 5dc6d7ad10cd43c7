/** What happened to a file, as devpi's clients read it. */
export interface LogEntry {
  readonly what: 'upload' | 'push' | 'overwrite';
  /** Absent for somebody without a login. */
  readonly who: string | null;
  /** Year, month, day, hour, minute, second in UTC. */
  readonly when: readonly number[];
  readonly dst: string;
  readonly src?: string;
  /** How often it was overwritten. */
  readonly count?: number;
}

export function parseLog(json: string): LogEntry[] {
  return JSON.parse(json) as LogEntry[];
}

/** The time of an entry. */
export function logTime(milliseconds: number): number[] {
  const date = new Date(milliseconds);
  return [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
}
