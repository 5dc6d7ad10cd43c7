import type { Project as DevfileProject, GitSource, StarterProject } from '@devstead/devfile';
import type { Project, ProjectSource, Starter } from '../../types.ts';

/** A project to fetch; what has no field of its own stands in the attributes that operators read (devfile 2, 1.6). */
export function makeProject({ name, clonePath, subDir, sparseDirs, ...source }: Project): DevfileProject {
  const attributes = {
    ...(subDir === undefined ? {} : { subDir }),
    ...(sparseDirs === undefined ? {} : { sparseCheckout: sparseDirs.join(' ') }),
  };
  return {
    name,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    ...(clonePath === name ? {} : { clonePath }),
    ...makeSource(source),
  };
}

export function makeStarter({ name, description, subDir, isChosen: _isChosen, ...source }: Starter): StarterProject {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(subDir === undefined ? {} : { subDir }),
    ...makeSource(source),
  };
}

function makeSource({ git, zip }: ProjectSource): { git?: GitSource; zip?: { location: string } } {
  if (git === undefined) return zip === undefined ? {} : { zip };
  const { remotes, checkoutRemote, revision } = git;
  const isOnly = Object.keys(remotes).length === 1;
  const checkoutFrom = {
    ...(isOnly ? {} : { remote: checkoutRemote }),
    ...(revision === undefined ? {} : { revision }),
  };
  return { git: { remotes, ...(Object.keys(checkoutFrom).length === 0 ? {} : { checkoutFrom }) } };
}
