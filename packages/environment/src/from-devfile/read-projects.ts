import type { Project as DevfileProject, DocumentPath } from '@devstead/devfile';
import type { Project } from '../types.ts';
import { normalizeFolder, normalizeRelativePath } from './container-path.ts';
import { readSource, readSubDir } from './read-project-source.ts';
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
  const subDir = project.attributes?.[subDirAttribute];
  const sparseDirs = readSparseDirs(reading, project, path, at);
  return {
    name: project.name,
    clonePath,
    ...readSource(reading, project, path, at),
    ...readSubDir(reading, subDir, path, [...at, 'attributes', subDirAttribute]),
    ...(sparseDirs.length === 0 ? {} : { sparseDirs }),
  };
}

const subDirAttribute = 'subDir';
const sparseAttribute = 'sparseCheckout';

/**
 * The folders to check out: `sparseCheckoutDirs` (2.0.0), or the attribute `sparseCheckout`, words apart by spaces
 * (devfile 2, 1.6). One that leaves the project gives `environment.project-folder`.
 */
function readSparseDirs(reading: Reading, project: DevfileProject, path: string, at: DocumentPath): readonly string[] {
  const attribute = project.attributes?.[sparseAttribute];
  const isAttribute = project.sparseCheckoutDirs === undefined && attribute !== undefined;
  const written = isAttribute ? attribute : (project.sparseCheckoutDirs ?? []);
  const place = isAttribute ? [...at, 'attributes', sparseAttribute] : [...at, 'sparseCheckoutDirs'];
  const words = typeof written === 'string' ? written.split(/\s+/).filter((word) => word !== '') : written;
  const isList = Array.isArray(words) && words.every((word): word is string => typeof word === 'string');
  const folders = isList ? words.map((word) => normalizeFolder(word.replace(/^\/+/, ''))) : [undefined];
  if (folders.length > 0) reading.record(`${path}.sparseDirs`, reading.originsAt(place));
  if (folders.some((folder) => folder === undefined)) {
    reading.report({
      code: 'environment.project-folder',
      severity: 'error',
      at: place,
      message: `Project "${project.name}" names folders to check out that are none of its own.`,
      hint: 'Write folders of the project, relative and without `..`, apart by spaces.',
    });
  }
  return [...new Set(folders.filter((folder) => folder !== undefined))];
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
