import { stagePaths } from './paths.ts';

/** crun as it is called inside the holder's namespaces; control groups are ours. */
export const crunArgs: readonly string[] = ['crun', `--root=${stagePaths.crun}`, '--cgroup-manager=disabled'];
