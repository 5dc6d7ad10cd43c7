import { join } from 'node:path';
import type { Project } from '@devstead/environment';
import type { StepReport } from '../execute/execute-plan.ts';
import { makeFolder } from '../make-folder.ts';
import { type FetchOptions, fetchSource } from './fetch-source.ts';
import { isProjectThere } from './is-project-there.ts';
import { placeFolder } from './place-folder.ts';
import { withStaging } from './staging.ts';

export interface CloneOptions extends Omit<FetchOptions, 'target' | 'onOutput'> {
  /** The folder that is mounted at the sources' root. */
  readonly folder: string;
  /** A folder of the same file system that no container sees; projects are fetched in it. */
  readonly staging: string;
  readonly report: StepReport;
}

/**
 * Fetches one project into its place. It is fetched where no container can reach it and moved when it is whole: a
 * failure, or a kill at any moment, leaves nothing in its place. What is there already is left alone. Throws
 * PROJECT_FAILED, URL_REFUSED, ARCHIVE_REFUSED.
 */
export async function cloneProject(project: Project, options: CloneOptions): Promise<void> {
  const { folder, staging, report } = options;
  if (isProjectThere(folder, project.clonePath)) return;
  makeFolder(folder, 0o755);
  await withStaging(staging, project.name, async (place) => {
    const root = await fetchSource(project, {
      ...options,
      target: join(place, 'sources'),
      onOutput: (text) => report.output(text),
    });
    placeFolder(root, folder, project.clonePath);
  });
}
