import { mkdirSync } from 'node:fs';
import { AppError } from '@devstead/kit';
import {
  carryOut,
  findUnsavedInWorktree,
  type PlanEvent,
  type PreparedUp,
  pullImages,
  type Runtime,
  recordUp,
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
  /** How it was first thought through. */
  readonly first: PreparedUp;
  /** Thinks it through anew: what images say is known only when they are there. */
  readonly prepare: (workspace: Workspace) => Promise<PreparedUp>;
  readonly progress: UpProgress;
  /** The workspace was there before. */
  readonly existed: boolean;
  /** Takes back a branch's work tree that was made for this `up`. */
  readonly undoBranch: () => Promise<void>;
}

/**
 * Carries out an `up` and returns the workspace as recorded; one that is interrupted is rolled back. Throws INTERRUPTED,
 * and what its steps throw.
 */
export async function carryOutUp(io: Io, input: CarryOutInput): Promise<Workspace> {
  const { workspace, runtime, settings, first, prepare, progress, existed, undoBranch } = input;
  const { wasRunning } = first;
  const carrying = { clock: io.clock, signal: io.signal, onEvent: (event: PlanEvent) => progress.read(event) };
  try {
    const begun = recordUp({ ...first, workspace });
    const hasPulled = await pullImages(first, runtime, carrying);
    const prepared = hasPulled ? await prepare(begun) : first;
    const recorded = hasPulled ? recordUp(prepared) : begun;
    await carryOut(recorded, runtime, prepared.plan, carrying);
    return recorded;
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

/** Has the images of an `up` made ready and writes down what is to run; starts nothing. Throws what its steps throw. */
export async function carryOutCreate(io: Io, { workspace, runtime, first, progress }: CarryOutInput): Promise<void> {
  const recorded = recordUp({ ...first, workspace });
  const { title, notes, steps } = first.plan;
  const images = steps.filter(({ kind }) => kind.startsWith('image.'));
  const plan = { title, notes, steps: images.map((step): (typeof images)[number] => ({ ...step, after: [] })) };
  try {
    await carryOut(recorded, runtime, plan, {
      clock: io.clock,
      signal: io.signal,
      onEvent: (event) => progress.read(event),
    });
    for (const { name } of first.specs)
      mkdirSync(recorded.paths.container(name).root, { recursive: true, mode: 0o755 });
  } finally {
    progress.end();
  }
}
