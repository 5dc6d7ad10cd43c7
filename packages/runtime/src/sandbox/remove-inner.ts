import { existsSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname } from 'node:path';
import type { IdMap } from '../ids/id-map.ts';
import { signalProcess } from '../process/process-table.ts';
import { runOrThrow } from '../process/run-process.ts';
import { enterAsInnerRoot, startLoneHolder } from './holder.ts';

/**
 * Removes a folder whose files belong to ids of containers. Root may do so directly; a normal user only as the root
 * of a user namespace in which those ids are mapped.
 */
export async function removeInnerFolder(path: string, idMap: IdMap): Promise<void> {
  if (!existsSync(path)) return;
  if (idMap.mode === 'root') {
    rmSync(path, { recursive: true, force: true });
    return;
  }
  const holder = await startLoneHolder(['DEVSTEAD_REMOVAL', userInfo().username], { idMap, network: 'host' });
  try {
    const script = 'cd "$1" && rm -rf -- "$2"';
    await runOrThrow(
      [...enterAsInnerRoot(holder), 'sh', '-c', script, 'rm', dirname(path), basename(path)],
      `removing ${path}`,
    );
  } finally {
    signalProcess(holder, 'SIGKILL');
  }
}
