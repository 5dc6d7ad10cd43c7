import { existsSync } from 'node:fs';
import { AppError } from '@devstead/kit';
import { systemPath } from '../process/run-process.ts';
import { stagePaths } from './stage-paths.ts';

const options: readonly string[] = [`--root=${stagePaths.crun}`, '--cgroup-manager=disabled'];

/** crun as it is called inside the holder's namespaces; control groups are ours. */
export const crunArgs: readonly string[] = ['crun', ...options];

/** How conmon(8) is told to use crun: it wants the program's path. Throws MACHINE_LACKS where it is not installed. */
export function monitorRuntimeArgs(): string[] {
  const path = systemPath
    .split(':')
    .map((folder) => `${folder}/crun`)
    .find((file) => existsSync(file));
  if (path === undefined)
    throw new AppError('MACHINE_LACKS', 'crun is not installed', { hint: 'Install the package crun.' });
  return ['--runtime', path, ...options.map((word) => `--runtime-arg=${word}`)];
}
