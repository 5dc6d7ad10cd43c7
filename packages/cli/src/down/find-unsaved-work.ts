import { join } from 'node:path';
import {
  findUnsavedInClone,
  findUnsavedInWorktree,
  tryReadRecordedEnvironment,
  type Workspace,
} from '@devstead/runtime';
import type { Settings } from '../settings.ts';

/**
 * What would be lost with a workspace and is nowhere else: changes in its branch's work tree, and, where volumes go as
 * well, in the projects that were fetched for it. Empty for nothing.
 */
export async function findUnsavedWork(
  { record, paths, ...workspace }: Workspace,
  settings: Settings,
  options: { readonly volumes?: boolean },
): Promise<string[]> {
  const { branch } = record;
  const inWorktree =
    branch?.isWorktreeOurs === true
      ? await findUnsavedInWorktree({ ...branch, folder: branch.worktree }, settings)
      : [];
  if (options.volumes !== true && branch === undefined) return inWorktree;
  const projects = tryReadRecordedEnvironment({ record, paths, ...workspace })?.projects ?? [];
  const inProjects = await Promise.all(
    projects.map(async ({ name, clonePath }) => {
      const unsaved = await findUnsavedInClone(join(paths.projects, clonePath), settings);
      return unsaved.map((reason) => `project ${name}: ${reason}`);
    }),
  );
  return [...inWorktree, ...inProjects.flat()];
}
