import type { Problem } from '../../problem.ts';
import type { Profile } from '../../types.ts';
import type { Devfile1 } from '../types.ts';
import { checkCommands1 } from './commands.ts';
import { checkComponents1 } from './components.ts';
import { checkProjects1 } from './projects.ts';

/** Every rule of devfile 1.0.0 that its schema does not hold (devfile-v1-che 2.1 and 2.2). */
export function checkRules1(devfile: Devfile1, profile: Profile): Problem[] {
  return [
    ...checkMetadata(devfile),
    ...checkComponents1(devfile, profile),
    ...checkCommands1(devfile),
    ...checkProjects1(devfile),
  ];
}

function checkMetadata({ metadata }: Devfile1): Problem[] {
  if (metadata.name !== undefined || metadata.generateName !== undefined) return [];
  const message = 'metadata needs a name or a generateName';
  const hint = 'Add it, for example `name: my-name`.';
  return [{ code: 'devfile.schema-missing-field', severity: 'error', path: ['metadata'], at: 'key', message, hint }];
}
