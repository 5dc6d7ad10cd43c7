import { applyBooleanDefaults } from './defaults.ts';
import type { Devfile, Profile } from './types.ts';

/** What the reference knows of `metadata`; everything else it reads over and does not write. */
const knownMetadata = new Set([
  'name',
  'version',
  'displayName',
  'description',
  'tags',
  'architectures',
  'icon',
  'globalMemoryLimit',
  'projectType',
  'language',
  'website',
  'provider',
  'supportUrl',
  'attributes',
]);

/**
 * A flattened devfile as the reference writes it: boolean defaults filled in, `metadata` always there. In the `strict` profile
 * also without what the reference does not write: fields of `metadata` it does not know, and sources of projects by `github`.
 */
export function toReferenceForm(devfile: Devfile, profile: Profile): Devfile {
  const filled = { ...applyBooleanDefaults(devfile), metadata: devfile.metadata ?? {} };
  if (profile !== 'strict') return filled;
  const known = Object.entries(filled.metadata).filter(([key]) => knownMetadata.has(key));
  return {
    ...filled,
    metadata: Object.fromEntries(known),
    ...(filled.projects && { projects: filled.projects.map(dropGithub) }),
    ...(filled.starterProjects && { starterProjects: filled.starterProjects.map(dropGithub) }),
  };
}

function dropGithub<T extends object>(project: T): T {
  if (!('github' in project)) return project;
  const { github: _, ...rest } = project;
  return rest as T;
}
