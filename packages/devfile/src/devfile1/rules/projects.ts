import { findRepeated, type Problem } from '../../problem.ts';
import type { Devfile1, Project1 } from '../types.ts';

/** Names of projects, and what of them is checked out (devfile-v1-che 2.1 and 2.2). */
export function checkProjects1({ projects = [] }: Devfile1): Problem[] {
  return [
    ...findRepeated(projects, ({ name }) => name).map(
      ({ index, key }): Problem => ({
        code: 'devfile.duplicate-project',
        severity: 'error',
        path: ['projects', index, 'name'],
        message: `there is already a project ${key}`,
      }),
    ),
    ...projects.flatMap((project, index) => [...checkName(project, index), ...checkRevision(project, index)]),
  ];
}

function checkName({ name }: Project1, index: number): Problem[] {
  if (/^[\w.-]+$/.test(name)) return [];
  const hint = `For example \`${name.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'my-project'}\`.`;
  const message = `project ${name} may have Latin letters, digits and ., _ and - in its name only`;
  return [{ code: 'devfile.bad-project-name', severity: 'error', path: ['projects', index, 'name'], message, hint }];
}

/** A tag, a commit and a start point say the same thing; with several the first of these counts. */
function checkRevision({ name, source }: Project1, index: number): Problem[] {
  const found = (['commitId', 'tag', 'startPoint'] as const).filter((field) => source[field] !== undefined);
  const [first, ...others] = found;
  return others.map((field) => ({
    code: 'devfile.many-revisions',
    severity: 'warning',
    path: ['projects', index, 'source', field],
    message: `project ${name} also has the ${first} ${source[first ?? field]}, and that is checked out`,
  }));
}
