import type { StarterProject } from '@devstead/devfile';
import type { Starter } from '../types.ts';
import { readSource, readSubDir } from './read-project-source.ts';
import { originOfRule, type Reading } from './reading.ts';

/** The attribute that names the starter to fetch (devfile 2, 1.6). */
const chosenAttribute = 'controller.devfile.io/use-starter-project';

/**
 * The starter projects, and which of them the devfile itself chooses. A choice of none that is there gives
 * `environment.unknown-starter`.
 */
export function readStarters(reading: Reading): readonly Starter[] {
  const { starterProjects = [], attributes } = reading.devfile;
  const chosen = attributes?.[chosenAttribute];
  if (chosen !== undefined && !starterProjects.some(({ name }) => name === chosen)) {
    reading.report({
      code: 'environment.unknown-starter',
      severity: 'error',
      at: ['attributes', chosenAttribute],
      message: `There is no starter project ${JSON.stringify(chosen)}.`,
      hint: `Starter projects: ${starterProjects.map(({ name }) => name).join(', ') || 'none'}.`,
    });
  }
  return starterProjects.map((starter, index) => readStarter(reading, starter, index, starter.name === chosen));
}

function readStarter(reading: Reading, starter: StarterProject, index: number, isChosen: boolean): Starter {
  const { name, description } = starter;
  const path = `starters.${name}`;
  const at = ['starterProjects', index];
  reading.record(`${path}.name`, reading.originsAt([...at, 'name']));
  if (description !== undefined) reading.record(`${path}.description`, reading.originsAt([...at, 'description']));
  reading.record(
    `${path}.isChosen`,
    isChosen
      ? reading.originsAt(['attributes', chosenAttribute])
      : [originOfRule('a starter project is fetched when it is chosen')],
  );
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...readSource(reading, starter, path, at),
    ...readSubDir(reading, starter.subDir, path, [...at, 'subDir']),
    isChosen,
  };
}
