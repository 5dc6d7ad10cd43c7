import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Cgroups } from './cgroup.ts';

/** How each version of control groups tells of memory: the file with the sum, and the row of memory.stat that can be given back at once. */
const versions = [
  { sum: 'memory.current', cache: 'inactive_file' },
  { sum: 'memory.usage_in_bytes', cache: 'total_inactive_file' },
] as const;

/**
 * Bytes of memory a container uses, without the file cache that the kernel would give up for others first (as container
 * engines count it). Undefined where the machine keeps no control group for it.
 */
export function readMemoryBytes(
  cgroups: Cgroups | undefined,
  workspace: string,
  container: string,
): number | undefined {
  for (const file of cgroups?.find(workspace, container) ?? []) {
    for (const { sum, cache } of versions) {
      const total = Number(readText(join(dirname(file), sum)) ?? Number.NaN);
      if (!Number.isFinite(total)) continue;
      const row = new RegExp(`^${cache} (\\d+)$`, 'm').exec(readText(join(dirname(file), 'memory.stat')) ?? '');
      return Math.max(0, total - Number(row?.[1] ?? 0));
    }
  }
  return undefined;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
