import { constants, copyFileSync, existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../execute/execute-plan.ts';
import type { IdMap } from '../ids/id-map.ts';
import { saysDiskFull } from '../is-disk-full.ts';
import { makeFolder } from '../make-folder.ts';
import { signalProcess } from '../process/process-table.ts';
import { type ProcessResult, runProcess } from '../process/run-process.ts';
import { tieToCaller } from '../process/tie-to-caller.ts';
import { enterAsInnerRoot, startLoneHolder } from '../sandbox/holder.ts';
import { makeInnerFolder } from '../sandbox/sandbox-context.ts';
import type { WorkspacePaths } from '../state/paths.ts';
import { takeLock } from '../workspace/lock.ts';
import { whileFrozen } from './freeze-workspace.ts';

interface CopyOptions {
  readonly from: WorkspacePaths;
  readonly to: WorkspacePaths;
  readonly volumes: readonly string[];
  readonly idMap: IdMap;
  readonly report: StepReport;
  readonly signal: AbortSignal;
}

/**
 * Copies volumes of one workspace to another, which has none of their names: on write where the file system can, else
 * at once. While it runs the programs of the source stand still, so that all copies are of one moment. They appear
 * whole or not at all. Throws WORKSPACE_LOCKED, MACHINE_LACKS when there is no room.
 */
export async function copyVolumes({ from, to, volumes, idMap, report, signal }: CopyOptions): Promise<void> {
  const missing = volumes.filter((volume) => !existsSync(to.volume(volume)));
  if (missing.length === 0) return;
  const lock = await takeLock(from.lock, 'up --branch');
  if (lock === undefined) {
    throw new AppError('WORKSPACE_LOCKED', 'another process is working on the workspace that volumes are copied from');
  }
  try {
    await withInnerRoot(idMap, async (run) => {
      const sizes = await measure(
        run,
        missing.map((volume) => from.volume(volume)),
      );
      const isShared = canShareBlocks(to);
      if (!isShared)
        requireRoom(
          to,
          sizes.reduce((sum, size) => sum + size, 0),
        );
      // Of its own, because what is left of a copy that was cut off may still be writing to another one.
      const staging = join(to.copying, `${process.pid}-${Date.now()}`);
      makeInnerFolder(to.volumes, idMap);
      await run(['rm', '-rf', '--', to.copying]);
      makeInnerFolder(to.copying, idMap);
      makeInnerFolder(staging, idMap);
      const started = Date.now();
      try {
        await whileFrozen(from, async () => {
          for (const volume of missing) await copy(run, from.volume(volume), join(staging, volume), signal);
        });
        for (const volume of missing) await mustRun(run, ['mv', '-T', '--', join(staging, volume), to.volume(volume)]);
      } finally {
        await run(['rm', '-rf', '--', to.copying]);
      }
      const how = isShared ? 'copied on write' : `copied (${mebibytes(sizes)} MiB)`;
      report.note(`${missing.join(', ')}: ${how} in ${Date.now() - started} ms, as of one moment`);
    });
  } finally {
    lock.release();
  }
}

type Run = (argv: readonly string[], signal?: AbortSignal) => Promise<ProcessResult>;

/** Runs programs that may read and write files of containers' ids, and that end with this process. */
async function withInnerRoot(idMap: IdMap, work: (run: Run) => Promise<void>): Promise<void> {
  if (idMap.mode === 'root') return work((argv, signal) => runProcess([...tieToCaller(), ...argv], toOptions(signal)));
  const holder = await startLoneHolder(['DEVSTEAD_COPY', userInfo().username], { idMap, network: 'host' });
  try {
    await work((argv, signal) =>
      runProcess([...enterAsInnerRoot(holder), ...tieToCaller(), ...argv], toOptions(signal)),
    );
  } finally {
    signalProcess(holder, 'SIGKILL');
  }
}

async function copy(run: Run, from: string, to: string, signal: AbortSignal): Promise<void> {
  await mustRun(run, ['cp', '--archive', '--reflink=auto', '--no-target-directory', '--', from, to], signal);
}

function toOptions(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

async function mustRun(run: Run, argv: readonly string[], signal?: AbortSignal): Promise<void> {
  const { code, stderr } = await run(argv, signal);
  if (code === 0) return;
  const isFull = saysDiskFull(stderr);
  throw new AppError(
    isFull ? 'MACHINE_LACKS' : 'BRANCH_FAILED',
    isFull ? 'no space is left on the disk for copies of volumes' : 'volumes could not be copied',
    {
      details: stderr.trim().split('\n').slice(-5),
      ...(isFull ? { hint: 'Free some space, or copy fewer volumes.' } : {}),
    },
  );
}

async function measure(run: Run, folders: readonly string[]): Promise<number[]> {
  const { stdout } = await run(['du', '--summarize', '--block-size=1', '--', ...folders]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => Number(line.split('\t')[0] ?? 0));
}

/** True where a file's copy can share its blocks until one of them is written (ioctl_ficlone(2)). */
function canShareBlocks({ root }: WorkspacePaths): boolean {
  makeFolder(root, 0o755);
  const [one, two] = [join(root, 'share-1'), join(root, 'share-2')];
  try {
    writeFileSync(one, 'x');
    copyFileSync(one, two, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(one, { force: true });
    rmSync(two, { force: true });
  }
}

function requireRoom({ root }: WorkspacePaths, bytes: number): void {
  const { bavail, bsize } = statfsSync(root);
  if (bavail * bsize > bytes) return;
  throw new AppError('MACHINE_LACKS', `copies of the volumes need ${mebibytes([bytes])} MiB, and the disk has less`, {
    hint: 'Free some space, or copy fewer volumes.',
  });
}

function mebibytes(sizes: readonly number[]): number {
  return Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20);
}
