import { findRepeated, type Problem, type Rule } from '../problem.ts';
import type { DocumentPath, GitSource, Project } from '../types.ts';
import { checkGitSource } from './git-source.ts';

interface PlacedProject {
  readonly project: Project;
  readonly path: DocumentPath;
}

/** Git sources of projects, starter projects and images; names and folders of projects. */
export const checkProjects: Rule = ({
  components = [],
  projects = [],
  dependentProjects = [],
  starterProjects = [],
}) => {
  const placed: PlacedProject[] = [
    ...projects.map((project, index) => ({ project, path: ['projects', index] })),
    ...dependentProjects.map((project, index) => ({ project, path: ['dependentProjects', index] })),
  ];
  return [
    ...components.flatMap(({ name, image }, index) => {
      const git = image?.dockerfile?.['git'] as GitSource | undefined;
      const path = ['components', index, 'image', 'dockerfile', 'git'];
      return git ? checkGitSource(git, path, { owner: `image ${name}`, severity: 'error', remotes: 'one' }) : [];
    }),
    ...placed.flatMap(checkRemotes),
    ...checkNames(placed),
    ...checkClonePaths(placed),
    ...starterProjects.flatMap(({ name, git }, index) => {
      const rule = { owner: `starter project ${name}`, severity: 'error', remotes: 'one' } as const;
      return git ? checkGitSource(git, ['starterProjects', index, 'git'], rule) : [];
    }),
  ];
};

/** The reference looks at `projects` only, so what is wrong in `dependentProjects` is a warning. */
function checkRemotes({ project, path }: PlacedProject): Problem[] {
  if (project.git === undefined) return [];
  return checkGitSource(project.git, [...path, 'git'], {
    owner: `project ${project.name}`,
    severity: path[0] === 'projects' ? 'error' : 'warning',
    remotes: 'chosen',
  });
}

function checkNames(projects: readonly PlacedProject[]): Problem[] {
  return findRepeated(projects, ({ project }) => project.name).map(({ index, key }) => ({
    code: 'devfile.duplicate-project',
    severity: 'warning',
    path: [...(projects[index]?.path ?? []), 'name'],
    message: `there is already a project ${key}`,
  }));
}

function checkClonePaths(projects: readonly PlacedProject[]): Problem[] {
  const repeated = findRepeated(projects, ({ project }) => normalizePath(project.clonePath ?? project.name));
  const shared = repeated.flatMap(({ index, first, key }): Problem[] => {
    const owner = projects[first]?.project.name;
    const { project, path } = projects[index] ?? {};
    if (path === undefined || project?.name === owner) return [];
    return [
      {
        code: 'devfile.duplicate-clone-path',
        severity: 'warning',
        path: [...path, project?.clonePath === undefined ? 'name' : 'clonePath'],
        message: `project ${owner} is already cloned into ${key}`,
      },
    ];
  });
  const escaping = projects.flatMap(({ project, path }): Problem[] => {
    const { clonePath } = project;
    if (clonePath === undefined || !isEscaping(clonePath)) return [];
    return [
      {
        code: 'devfile.clone-path-escape',
        severity: 'warning',
        path: [...path, 'clonePath'],
        message: `the clonePath of project ${project.name} leads out of the projects folder`,
      },
    ];
  });
  return [...shared, ...escaping];
}

function normalizePath(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function isEscaping(path: string): boolean {
  let depth = 0;
  for (const part of path.split('/')) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return true;
  }
  return path.startsWith('/');
}
