import { AppError } from '@devstead/kit';
import {
  carryOut,
  findUnsavedInWorktree,
  type PreparedUp,
  type Runtime,
  rollBack,
  type Workspace,
} from '@devstead/runtime';
import type { Io } from '../io.ts';
import type { Settings } from '../settings.ts';
import type { UpProgress } from './up-progress.ts';

interface CarryOutInput {
  readonly workspace: Workspace;
  readonly runtime: Runtime;
  readonly settings: Settings;
  readonly prepared: PreparedUp;
  readonly progress: UpProgress;
  /** The workspace was there before. */
  readonly existed: boolean;
  /** Takes back a branch's work tree that was made for this `up`. */
  readonly undoBranch: () => Promise<void>;
}

/** Carries out an `up`; one that is interrupted is rolled back. Throws INTERRUPTED, and what its steps throw. */
export async function carryOutUp(io: Io, input: CarryOutInput): Promise<void> {
  const { workspace, runtime, settings, prepared, progress, existed, undoBranch } = input;
  const wasRunning = runtime.observe().isSandboxRunning;
  try {
    await carryOut(workspace, runtime, prepared.plan, {
      clock: io.clock,
      signal: io.signal,
      onEvent: (event) => progress.read(event),
    });
  } catch (error) {
    progress.end();
    if (!(error instanceof AppError) || error.code !== 'INTERRUPTED') throw error;
    const { branch } = workspace.record;
    const unsaved =
      branch === undefined ? [] : await findUnsavedInWorktree({ ...branch, folder: branch.worktree }, settings);
    const hasUnsavedWork = unsaved.length > 0;
    await rollBack(workspace, runtime, { existed, wasRunning, hasUnsavedWork }, io.clock);
    if (!existed && !wasRunning && !hasUnsavedWork) await undoBranch();
    const hint = wasRunning
      ? 'The workspace runs on; `devstead up` finishes what was begun.'
      : 'What this up made is removed; images and named volumes are kept. `devstead up` begins again.';
    throw new AppError('INTERRUPTED', 'interrupted', { hint });
  }
}
