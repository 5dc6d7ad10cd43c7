import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, type ProcessId } from '../process/process-table.ts';
import { readJsonFile, writeJsonFile } from '../state/json-file.ts';
import type { WorkspacePaths } from '../state/paths.ts';
import { tolerate } from '../state/tolerate.ts';
import type { ContainerContext } from './container-context.ts';
import { isDoneAlready, listContainers } from './engine-containers.ts';

/** Written down while containers stand still, for whoever finds them so without the process that wants it. */
interface FreezeRecord {
  readonly owner: ProcessId;
  /** Ids of the containers; those that stood still before are not among them. */
  readonly containers: readonly string[];
}

function recordOf({ root }: WorkspacePaths): string {
  return join(root, 'frozen.json');
}

/**
 * Does work while every container of a running workspace stands still, so that files read meanwhile are those of one moment, as after
 * a power cut: what databases recover from. The caller holds the workspace's lock. Should this process be killed, the workspace's
 * supervisor lets them go on.
 */
export async function whileFrozen<Result>(context: ContainerContext, work: () => Promise<Result>): Promise<Result> {
  await thaw(context);
  const found = [...(await listContainers(context))].filter(([name]) => name !== '');
  const containers = found.filter(([, { State }]) => State.Running && State.Paused !== true).map(([, { Id }]) => Id);
  const owner = identify(process.pid);
  if (containers.length === 0 || owner === undefined) return work();
  writeJsonFile(recordOf(context.paths), { owner, containers } satisfies FreezeRecord);
  try {
    const { client } = await context.engine();
    for (const id of containers) {
      await client.call('POST', `/containers/${id}/pause`).catch((error: unknown) => {
        // It has ended meanwhile.
        if (!isDoneAlready(error)) throw error;
      });
    }
    return await work();
  } finally {
    await thaw(context);
  }
}

/** Lets containers go on whose freezing was cut off. */
export async function endAbandonedFreeze(context: ContainerContext): Promise<void> {
  if (!existsSync(recordOf(context.paths))) return;
  const record = tolerate(() => readJsonFile<FreezeRecord>(recordOf(context.paths)));
  if (record === undefined || !isAlive(record.owner)) await thaw(context);
}

async function thaw(context: ContainerContext): Promise<void> {
  const path = recordOf(context.paths);
  if (!existsSync(path)) return;
  const { client } = await context.engine();
  const { containers = [] } = tolerate(() => readJsonFile<FreezeRecord>(path)) ?? {};
  for (const id of containers) {
    await client.call('POST', `/containers/${id}/unpause`).catch((error: unknown) => {
      // Podman says of one that does not stand still, by 500, that it is in the wrong state.
      if (!isDoneAlready(error) && !/not paused|state/.test(error instanceof Error ? error.message : '')) throw error;
    });
  }
  rmSync(path, { force: true });
}
