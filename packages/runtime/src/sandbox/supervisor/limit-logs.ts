import { copyFileSync, existsSync, readdirSync, statSync, truncateSync } from 'node:fs';
import type { WorkspacePaths } from '../paths.ts';
import { logLimitBytes, olderLog } from '../read-logs.ts';

/** Cuts logs that have grown over the limit; what they had is kept in one older file. conmon goes on writing at the end. */
export function limitLogs(paths: WorkspacePaths): void {
  for (const container of readdirSync(paths.containers)) {
    const { log } = paths.container(container);
    if (!existsSync(log) || statSync(log).size <= logLimitBytes) continue;
    copyFileSync(log, olderLog(log));
    truncateSync(log, 0);
  }
}
