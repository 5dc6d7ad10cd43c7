import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { toWorkspaceName } from '@devstead/runtime';
import type { Io } from '../io.ts';
import { loadEnvironment } from '../load-environment.ts';
import { showWhatRuns } from '../up/trust.ts';

interface PlacedDevfile {
  readonly folder: string;
  /** What was agreed to, by the text's hash. */
  readonly approvedAs: string;
}

/**
 * Puts a devfile that was fetched into a folder of its name in the present folder, after what it would run has been shown
 * and agreed to. The same devfile again is the same folder. Throws NOT_TRUSTED, DEVFILE_INVALID, PROJECT_FAILED.
 */
export async function placeDevfile(
  io: Io,
  text: string,
  options: { readonly address: string; readonly isAnswered: boolean; readonly name?: string },
): Promise<PlacedDevfile> {
  const approvedAs = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const beside = mkdtempSync(join(io.cwd, '.devstead-clone-'));
  try {
    const fetched = join(beside, 'devfile.yaml');
    writeFileSync(fetched, text);
    const { environment } = await loadEnvironment(io, { path: fetched });
    const name = toWorkspaceName(options.name ?? environment.name);
    const folder = join(io.cwd, name);
    const devfile = join(folder, 'devfile.yaml');
    const isSame = existsSync(devfile) && readFileSync(devfile, 'utf8') === text;
    if (!isSame && existsSync(folder)) {
      throw new AppError('PROJECT_FAILED', `the folder ${name} is already there, with something else in it`, {
        hint: `To start what is there: devstead up ${name}`,
      });
    }
    await showWhatRuns(io, environment, { isAnswered: options.isAnswered || isSame, title: options.address });
    if (!isSame) renameSync(beside, folder);
    const repository = environment.projects.length === 0 ? guessRepository(options.address) : undefined;
    if (repository !== undefined) {
      io.stderr.write(
        `  note: the devfile names no projects, so its folder has nothing else; with its repository: devstead up ${repository}\n`,
      );
    }
    return { folder, approvedAs };
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** The repository that an address of one of its files, as Git hosts form it, belongs to. */
function guessRepository(address: string): string | undefined {
  const match = /^(https:\/\/[^/]+\/.+?)\/(?:-\/)?(?:raw|blob)\/(?:refs\/heads\/)?([\w.-]+)\//.exec(address);
  return match === null ? undefined : `${match[1]}.git --revision ${match[2]}`;
}
