import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import { type PlanEvent, readLockOwner, type Workspace } from '@devstead/runtime';
import type { Io } from '../io.ts';
import type { UpProgress } from './up-progress.ts';

const lookEveryMs = 40;

/**
 * Joins an `up` that another process is at: shows its progress, then `finish`, and ends as it does. Ctrl-C leaves the other one at
 * work. Throws WORKSPACE_LOCKED when something else than an `up` works on the workspace.
 */
export async function attachToUp(
  io: Io,
  workspace: Workspace,
  progress: UpProgress,
  finish: () => Promise<void>,
): Promise<number> {
  const owner = readLockOwner(workspace.paths.lock);
  if (owner?.action !== 'up') {
    const who = owner === undefined ? 'another process' : `\`devstead ${owner.action}\` (process ${owner.pid})`;
    throw new AppError('WORKSPACE_LOCKED', `${who} is working on ${workspace.name}`);
  }
  progress.note(`joining \`devstead up\` (process ${owner.pid}), which is at work on ${workspace.name}`);
  let seen = 0;
  for (;;) {
    io.signal.throwIfAborted();
    const isOver = readLockOwner(workspace.paths.lock)?.pid !== owner.pid;
    const lines = existsSync(workspace.paths.events)
      ? readFileSync(workspace.paths.events, 'utf8').split('\n').slice(0, -1)
      : [];
    // The events begin anew when all images are there.
    if (lines.length < seen) seen = 0;
    for (const line of lines.slice(seen)) {
      const event = JSON.parse(line) as PlanEvent;
      progress.read(event);
      if (event.type === 'plan.ended' && event.isDone) {
        await finish();
        return 0;
      }
      if (event.type === 'plan.ended') throw new AppError('COMMAND_FAILED', 'the other `devstead up` did not succeed');
    }
    seen = lines.length;
    if (isOver) throw new AppError('INTERRUPTED', 'the other `devstead up` ended before it was done');
    await delay(lookEveryMs);
  }
}
