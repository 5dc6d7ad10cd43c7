import type { Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import { readJsonFile } from '../state/json-file.ts';
import type { Workspace } from './workspace-record.ts';

/** The environment as it was last brought up; undefined before the first time. Throws STATE_DAMAGED. */
export function readRecordedEnvironment(workspace: Workspace): Environment | undefined {
  return readJsonFile<Environment>(workspace.paths.environment);
}

/** The same for commands that must also work when it cannot be understood any more: listing, ending, removing. */
export function tryReadRecordedEnvironment(workspace: Workspace): Environment | undefined {
  try {
    return readRecordedEnvironment(workspace);
  } catch (error) {
    if (error instanceof AppError && error.code === 'STATE_DAMAGED') return undefined;
    throw error;
  }
}
