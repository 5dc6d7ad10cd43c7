import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../execute/execute-plan.ts';
import { openIdMap } from '../ids/state-id-map.ts';
import { openRuntime } from '../open-runtime.ts';
import type { Step } from '../plan/types.ts';
import { removeInnerFolder } from '../sandbox/remove-inner.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { Runtime, RuntimeName } from '../types.ts';
import { forgetMove, updateWorkspace, type Workspace } from '../workspace/workspace-record.ts';

export const silent: StepReport = { output: () => undefined, note: () => undefined };

/** The workspace on one of the runtimes, whichever it is recorded to be on. */
export function openRuntimeNamed(workspace: Workspace, settings: RuntimeSettings, runtime: RuntimeName): Runtime {
  return openRuntime({ ...workspace, record: { ...workspace.record, runtime } }, settings);
}

export interface SettledMove {
  readonly workspace: Workspace;
  /** Why something is still left of the move. */
  readonly note?: string;
}

/**
 * Ends a move that was cut off: back, as long as the workspace was not at the new place, else forwards. An engine that
 * does not answer is left for another time. The caller holds the workspace's lock, and nothing of it runs.
 */
export async function settleMove(workspace: Workspace, settings: RuntimeSettings): Promise<SettledMove> {
  const { move } = workspace.record;
  if (move === undefined) return { workspace };
  const isBack = move.phase === 'copying';
  const left = isBack ? move.to : move.from;
  let current = workspace;
  if (move.phase === 'switched') {
    await removeRuntimeFiles(current, settings);
    current = updateWorkspace(current, { move: { ...move, phase: 'leaving' } });
  }
  const runtime = openRuntimeNamed(current, settings, left);
  try {
    await leave(runtime, left);
    return { workspace: forgetMove(current) };
  } catch (error) {
    if (!(error instanceof AppError) || !error.code.startsWith('ENGINE_')) throw error;
    return {
      workspace: current,
      note: `what an earlier move left on the container engine is removed when it answers: ${error.message}`,
    };
  } finally {
    runtime.release();
  }
}

async function leave(runtime: Runtime, name: RuntimeName): Promise<void> {
  const step: Step = { id: 'runtime.leave', kind: 'runtime.leave', runtime: name, cause: 'a move ended', after: [] };
  await runtime.runStep(step, silent, new AbortController().signal);
}

/** What both runtimes write into a workspace's folder about containers of theirs. */
const runtimeFiles = [
  'sandbox.json',
  'containers.json',
  'files',
  'execs',
  'staging',
  'open-room.json',
  'new-volumes.json',
];

async function removeRuntimeFiles({ paths }: Workspace, settings: RuntimeSettings): Promise<void> {
  if (existsSync(paths.containers) && readdirSync(paths.containers).length > 0)
    await removeInnerFolder(paths.containers, openIdMap(settings));
  for (const name of runtimeFiles) rmSync(join(paths.root, name), { recursive: true, force: true });
}
