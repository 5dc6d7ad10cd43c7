import type { Project as DevfileProject, DocumentPath, GitSource } from '@devstead/devfile';
import type { Project } from '../types.ts';
import { normalizeRelativePath } from './container-path.ts';
import { originOfRule, type Reading } from './reading.ts';

/**
 * The sources to fetch: `projects`, then `dependentProjects` (devfile 2, 1.7). A `clonePath` that leaves the sources,
 * is their root or is taken gives `environment.project-path`, and the project's name stands in for it.
 */
export function readProjects(reading: Reading): readonly Project[] {
  const { projects = [], dependentProjects = [] } = reading.devfile;
  const taken = new Set<string>();
  return [
    ...projects.map((project, index) => readProject(reading, project, ['projects', index], taken)),
    ...dependentProjects.map((project, index) => readProject(reading, project, ['dependentProjects', index], taken)),
  ];
}

function readProject(reading: Reading, project: DevfileProject, at: DocumentPath, taken: Set<string>): Project {
  const path = `projects.${project.name}`;
  reading.record(`${path}.name`, reading.originsAt([...at, 'name']));
  const clonePath = readClonePath(reading, project, at, taken);
  const location = project.zip?.location;
  if (location !== undefined) reading.record(`${path}.zip.location`, reading.originsAt([...at, 'zip', 'location']));
  return {
    name: project.name,
    clonePath,
    ...(project.git === undefined ? {} : readGit(reading, project.git, path, [...at, 'git'])),
    ...(location === undefined ? {} : { zip: { location } }),
  };
}

function readClonePath(reading: Reading, project: DevfileProject, at: DocumentPath, taken: Set<string>): string {
  const written = project.clonePath === '' ? undefined : project.clonePath;
  const clonePathAt = [...at, 'clonePath'];
  const chosen = reading.take(
    `projects.${project.name}.clonePath`,
    { at: clonePathAt, value: written },
    { value: project.name, rule: 'clonePath is the name of the project unless said' },
  );
  const clonePath = normalizeRelativePath(chosen);
  const reject = (reason: string): void =>
    reading.report({
      code: 'environment.project-path',
      severity: 'error',
      at: written === undefined ? [...at, 'name'] : clonePathAt,
      message: `Project "${project.name}" cannot be cloned to "${chosen}": ${reason}`,
      hint: 'Write a path relative to the sources, without `..`, that no other project has.',
    });
  if (clonePath === undefined) {
    reject('the path leaves the folder of the sources.');
    return project.name;
  }
  if (clonePath === '.') {
    reject('the path is the folder of the sources itself.');
    return project.name;
  }
  if (taken.has(clonePath)) reject('another project is cloned there.');
  taken.add(clonePath);
  return clonePath;
}

/** Nothing for a source without remotes: the devfile's own rules report it. */
function readGit(reading: Reading, git: GitSource, path: string, at: DocumentPath): Pick<Project, 'git'> {
  const names = Object.keys(git.remotes);
  const checkoutAt = [...at, 'checkoutFrom'];
  const fallback = names[0];
  if (fallback === undefined) return {};
  for (const name of names) reading.record(`${path}.git.remotes.${name}`, reading.originsAt([...at, 'remotes', name]));
  const checkoutRemote = reading.take(
    `${path}.git.checkoutRemote`,
    { at: [...checkoutAt, 'remote'], value: git.checkoutFrom?.remote },
    { value: fallback, rule: 'the only remote is checked out unless said' },
  );
  const revision = git.checkoutFrom?.revision;
  if (revision !== undefined) reading.record(`${path}.git.revision`, reading.originsAt([...checkoutAt, 'revision']));
  return { git: { remotes: { ...git.remotes }, checkoutRemote, ...(revision === undefined ? {} : { revision }) } };
}

/** The path of the model, and the rule, that say where the first project lies below the sources' root. */
export function explainFirstProject(reading: Reading, projects: readonly Project[]): ReturnType<Reading['originsAt']> {
  const [first] = projects;
  return first === undefined
    ? [originOfRule('PROJECT_SOURCE is PROJECTS_ROOT itself where no projects are named')]
    : [
        originOfRule('PROJECT_SOURCE is the folder of the first project'),
        ...reading.originsOfValue(`projects.${first.name}.clonePath`),
      ];
}
