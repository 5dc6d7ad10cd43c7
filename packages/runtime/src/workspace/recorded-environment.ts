import type { Environment } from '@devstead/environment';
import { readJsonFile } from '../sandbox/json-file.ts';
import type { Workspace } from './workspace-record.ts';

/** The environment as it was last brought up; undefined before the first time. Throws STATE_DAMAGED. */
export function readRecordedEnvironment(workspace: Workspace): Environment | undefined {
  return readJsonFile<Environment>(workspace.paths.environment);
}
