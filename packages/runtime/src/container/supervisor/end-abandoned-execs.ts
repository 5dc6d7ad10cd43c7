import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../process/process-table.ts';
import { readJsonFile } from '../../state/json-file.ts';
import { listFolder } from '../../state/list-folder.ts';
import { tolerate } from '../../state/tolerate.ts';
import type { ContainerContext } from '../container-context.ts';
import { endMarked } from '../exec/end-marked.ts';
import { execFolder } from '../exec/start-exec.ts';

interface ExecRecord {
  readonly pid: number;
  readonly start: number;
  readonly container: string;
  readonly mark: string;
}

/** Ends commands whose caller was killed: an engine does not notice. */
export async function endAbandonedExecs(context: ContainerContext): Promise<void> {
  const folder = execFolder(context.paths.root);
  for (const name of listFolder(folder)) {
    const path = join(folder, name);
    const record = tolerate(() => readJsonFile<ExecRecord>(path));
    if (record === undefined || isAlive(record)) continue;
    const { client } = await context.engine();
    await endMarked(client, record.container, record.mark, 1000).catch(() => undefined);
    rmSync(path, { force: true });
  }
}
