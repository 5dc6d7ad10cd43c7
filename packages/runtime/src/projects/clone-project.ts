import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../execute/execute-plan.ts';
import { cloneRepository } from './clone-repository.ts';

interface CloneOptions {
  /** The folder that is mounted at the sources' root. */
  readonly folder: string;
  readonly gitEnv: Readonly<Record<string, string>>;
  readonly report: StepReport;
  readonly signal: AbortSignal;
}

/**
 * Fetches one project into its place. It is cloned beside its place and moved there when it is whole: a failed clone
 * leaves nothing. Throws PROJECT_FAILED and URL_REFUSED.
 */
export async function cloneProject(project: Project, { folder, gitEnv, report, signal }: CloneOptions): Promise<void> {
  const target = join(folder, project.clonePath);
  if (existsSync(target)) return;
  if (project.git === undefined) {
    throw new AppError(
      'PROJECT_FAILED',
      `the project ${project.name} is a zip archive, which this version does not fetch`,
    );
  }
  const { remotes, checkoutRemote, revision } = project.git;
  const address = remotes[checkoutRemote];
  if (address === undefined)
    throw new AppError('PROJECT_FAILED', `the project ${project.name} has no remote ${checkoutRemote}`);
  mkdirSync(folder, { recursive: true });
  const beside = join(folder, `.new-${project.name}`);
  rmSync(beside, { recursive: true, force: true });
  try {
    await cloneRepository({
      address,
      target: beside,
      remotes,
      remote: checkoutRemote,
      ...(revision === undefined ? {} : { revision }),
      gitEnv,
      onOutput: (text) => report.output(text),
      signal,
    });
    mkdirSync(join(target, '..'), { recursive: true });
    renameSync(beside, target);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}
