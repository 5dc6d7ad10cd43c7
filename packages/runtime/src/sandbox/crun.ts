import { existsSync } from 'node:fs';
import { AppError } from '@devstead/kit';
import { systemPath } from '../process/run-process.ts';
import { stagePaths } from './stage-paths.ts';

const options: readonly string[] = [`--root=${stagePaths.crun}`, '--cgroup-manager=disabled'];

/** crun as it is called inside the holder's namespaces; control groups are ours. */
export const crunArgs: readonly string[] = ['crun', ...options];

/**
 * Has crun take itself for a program that no container can change (CVE-2019-5736), where it sees that its file is
 * mounted read-only. Else it mounts itself so first, which takes each call as long again as its work.
 */
export const crunEnv = { _LIBCONTAINER_CLONED_BINARY: '1' } as const;

/** How conmon(8) is told to use crun: it wants the program's path. */
export function monitorRuntimeArgs(): string[] {
  return ['--runtime', findCrun(), ...options.map((word) => `--runtime-arg=${word}`)];
}

/** The program's file. Throws MACHINE_LACKS where it is not installed. */
export function findCrun(): string {
  const path = systemPath
    .split(':')
    .map((folder) => `${folder}/crun`)
    .find((file) => existsSync(file));
  if (path === undefined)
    throw new AppError('MACHINE_LACKS', 'crun is not installed', { hint: 'Install the package crun.' });
  return path;
}
