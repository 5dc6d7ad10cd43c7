import type { Problem, Rule } from '../problem.ts';
import type { Devfile, Profile } from '../types.ts';
import { checkAnnotations } from './annotations.ts';
import { checkCommands } from './commands.ts';
import { checkComponents } from './components.ts';
import { checkEndpoints } from './endpoints.ts';
import { checkEvents } from './events.ts';
import { checkGroups } from './groups.ts';
import { checkProjects } from './projects.ts';
import { checkResources } from './resources.ts';
import { checkUris } from './uris.ts';

const rules: readonly Rule[] = [
  checkComponents,
  checkResources,
  checkEndpoints,
  checkAnnotations,
  checkUris,
  checkCommands,
  checkGroups,
  checkEvents,
  checkProjects,
];

/** All semantic rules (devfile-v2 1.8) over a document that has the shape of a devfile, variables substituted. */
export function checkRules(devfile: Devfile, profile: Profile): Problem[] {
  return rules.flatMap((rule) => rule(devfile, profile));
}
