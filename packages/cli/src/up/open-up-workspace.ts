import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { identifyWorkspace, type RuntimeSettings, toWorkspaceName, type Workspace } from '@devstead/runtime';
import type { Io } from '../io.ts';
import type { LoadedEnvironment } from '../load-environment.ts';

/** The workspace that an `up` of this environment is about, and whether it was there before. */
export function openUpWorkspace(
  io: Io,
  settings: RuntimeSettings,
  loaded: LoadedEnvironment,
  options: { readonly name?: string; readonly branch?: string },
): { workspace: Workspace; existed: boolean } {
  const branch = options.name === undefined ? (options.branch ?? readWorktreeBranch(loaded.folder)) : undefined;
  const name = toWorkspaceName(
    [options.name ?? loaded.environment.name, branch].filter((part) => part !== undefined).join('-'),
  );
  const identity = { name, folder: loaded.folder, devfile: loaded.devfile };
  const workspace = identifyWorkspace(settings.stateFolder, identity, io.clock.now());
  // After a `down` that kept volumes there is still a record, but nothing of an earlier `up`.
  return { workspace, existed: existsSync(workspace.paths.environment) };
}

/**
 * The branch that a linked Git worktree, of which the folder is a part, has checked out (gitrepository-layout(5));
 * undefined in any other folder.
 */
function readWorktreeBranch(folder: string): string | undefined {
  try {
    const file = findGitFile(folder);
    if (file === undefined || !statSync(file).isFile()) return undefined;
    const place = /^gitdir: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.trim();
    if (place === undefined || !/\/worktrees\/[^/]+$/.test(place)) return undefined;
    return /^ref: refs\/heads\/(.+)$/m.exec(readFileSync(join(place, 'HEAD'), 'utf8'))?.[1]?.trim();
  } catch {
    return undefined;
  }
}

function findGitFile(folder: string): string | undefined {
  const file = join(folder, '.git');
  if (existsSync(file)) return file;
  return dirname(folder) === folder ? undefined : findGitFile(dirname(folder));
}
