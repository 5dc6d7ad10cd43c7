import { basename } from 'node:path';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../../execute/execute-plan.ts';
import { carryVolume } from '../../volumes/carry-volume.ts';
import { takeLock } from '../../workspace/lock.ts';
import { readWorkspace } from '../../workspace/workspace-record.ts';
import { type ContainerContext, openContainerContext } from '../container-context.ts';
import { ifThere } from '../engine-containers.ts';
import { whileFrozen } from '../freeze-containers.ts';
import { volumeName } from '../labels.ts';
import { listVolumes } from './list-volumes.ts';
import { withEngineVolume } from './volume-room.ts';

interface CopyOptions {
  /** Folder of the workspace that has the volumes, on an engine too. */
  readonly from: string;
  readonly volumes: readonly string[];
  readonly report: StepReport;
  readonly signal: AbortSignal;
}

/**
 * Copies volumes of another workspace at an engine, all as of one moment, and compares what was written with what was read. One that
 * is not whole, because the copy failed or was cut off, does not stay. Throws WORKSPACE_LOCKED, VOLUME_FAILED, BRANCH_FAILED.
 */
export async function copyEngineVolumes(context: ContainerContext, options: CopyOptions): Promise<void> {
  const { volumes, report } = options;
  const { settings } = context;
  const source = readWorkspace(settings.stateFolder, basename(options.from));
  if (source?.record.runtime !== 'container')
    throw new AppError('BRANCH_FAILED', 'volumes of the sandbox are not copied to an engine', {
      hint: 'Start the branch where its volumes come from: `devstead up --runtime sandbox`.',
    });
  const there = await listVolumes(context);
  const missing = volumes.filter((volume) => !there.includes(volume));
  if (missing.length === 0) return;
  const lock = await takeLock(source.paths.lock, 'up --branch');
  if (lock === undefined)
    throw new AppError('WORKSPACE_LOCKED', 'another process is working on the workspace that volumes are copied from');
  const from = openContainerContext(source, settings);
  const started = Date.now();
  try {
    const bytes = await whileFrozen(from, async () => {
      let all = 0;
      for (const volume of missing) all += await copyVolume(from, context, volume, options);
      return all;
    });
    report.note(
      `${missing.join(', ')}: copied (${mebibytes(bytes)} MiB) in ${Date.now() - started} ms, as of one moment`,
    );
  } finally {
    from.close();
    lock.release();
  }
}

/** Returns how many bytes it has. */
async function copyVolume(
  from: ContainerContext,
  to: ContainerContext,
  volume: string,
  { report, signal }: Pick<CopyOptions, 'report' | 'signal'>,
): Promise<number> {
  try {
    return await withEngineVolume(from, volume, (source) =>
      withEngineVolume(
        to,
        volume,
        async (target) => {
          const onBytes = (bytes: number): void => report.output(`${mebibytes(bytes)} MiB of ${volume}\n`);
          return (await carryVolume(source, target, { users: new Map(), signal, onBytes })).bytes;
        },
        { isCopy: true },
      ),
    );
  } catch (error) {
    const { client } = await to.engine();
    await ifThere(client.call('DELETE', `/volumes/${volumeName(to, volume)}`, { query: { force: true } }));
    throw error;
  }
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
