import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import { isAlive, signalProcess } from '../process/process-table.ts';
import { writeJsonFile } from '../state/json-file.ts';
import { groupReadable, type MadeContainer } from '../state/made-container.ts';
import type { ContainerPaths } from '../state/paths.ts';
import { listMoving, resumeProcesses } from './inside-processes.ts';

const patienceMs = 10_000;

/**
 * Stops every process of a container until it is resumed. That it is paused is written down first: whoever finds some of
 * them stopped knows why. Throws CONTAINER_FAILED when they do not come to rest.
 */
export async function pauseContainer(paths: ContainerPaths, made: MadeContainer): Promise<void> {
  const { init, spec } = made;
  if (init === undefined || !isAlive(init)) return;
  writeJsonFile(paths.made, { ...made, isPaused: true } satisfies MadeContainer, groupReadable);
  const deadline = performance.now() + patienceMs;
  // What is stopped cannot start anything: in the end nothing is left that moves.
  for (let moving = listMoving(init); moving.length > 0; moving = listMoving(init)) {
    for (const one of moving) signalProcess(one, 'SIGSTOP');
    if (performance.now() > deadline) {
      resumeContainer(paths, made);
      throw new AppError('CONTAINER_FAILED', `the programs of ${spec.name} do not come to rest`);
    }
    await delay(5);
  }
}

/** Lets the processes of a container go on. */
export function resumeContainer(paths: ContainerPaths, made: MadeContainer): void {
  const { isPaused: _, ...resumed } = made;
  if (made.init === undefined || !isAlive(made.init)) return;
  resumeProcesses(made.init);
  writeJsonFile(paths.made, resumed, groupReadable);
}
