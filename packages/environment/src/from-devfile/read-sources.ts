import { type ContainerComponent, type DocumentPath, hasMountedSources } from '@devstead/devfile';
import type { Container, EnvVariable, Origin, Project } from '../types.ts';
import { joinContainerPath, normalizeContainerPath } from './container-path.ts';
import { explainFirstProject } from './read-projects.ts';
import { originOfRule, type Reading } from './reading.ts';

export type Sources = NonNullable<Container['sources']>;

/** Variables that only the sources set; a devfile that sets them breaks a rule of its own. */
export const reservedVariables: ReadonlySet<string> = new Set(['PROJECTS_ROOT', 'PROJECT_SOURCE']);

const defaultRoot = '/projects';

/**
 * Where a container has the sources: PROJECTS_ROOT is its `sourceMapping`, PROJECT_SOURCE the first project below it,
 * or the same folder where the devfile names no projects. Undefined where they are not mounted (devfile 2, 1.7). A
 * `sourceMapping` that cannot be mounted gives `environment.source-mapping`.
 */
export function readSources(
  reading: Reading,
  container: ContainerComponent,
  path: string,
  at: DocumentPath,
  projects: readonly Project[],
): Sources | undefined {
  if (!hasMountedSources(container)) return undefined;
  const mappingAt = [...at, 'sourceMapping'];
  const written = reading.take(
    `${path}.sources.root`,
    { at: mappingAt, value: container.sourceMapping || undefined },
    { value: defaultRoot, rule: `sourceMapping is ${defaultRoot} unless said` },
  );
  const root = normalizeContainerPath(written);
  if (root === undefined) {
    reading.report({
      code: 'environment.source-mapping',
      severity: 'error',
      at: mappingAt,
      message: `The sources cannot be mounted at "${written}".`,
      hint: 'Write an absolute path below the root folder, such as /projects.',
    });
  }
  const safeRoot = root ?? defaultRoot;
  const [first] = projects;
  const project = first === undefined ? safeRoot : joinContainerPath(safeRoot, first.clonePath);
  reading.record(`${path}.sources.project`, [
    ...explainFirstProject(reading, projects),
    ...reading.originsOfValue(`${path}.sources.root`),
  ]);
  return { root: safeRoot, project };
}

/** The two variables that the sources set, which come first in a container's environment. */
export function readSourceVariables(reading: Reading, sources: Sources, path: string): readonly EnvVariable[] {
  const variables = [
    { name: 'PROJECTS_ROOT', value: sources.root, source: 'root', rule: 'PROJECTS_ROOT is sourceMapping' },
    { name: 'PROJECT_SOURCE', value: sources.project, source: 'project', rule: undefined },
  ];
  return variables.map(({ name, value, source, rule }) => {
    const causes = reading.originsOfValue(`${path}.sources.${source}`);
    reading.record(`${path}.env.${name}`, rule === undefined ? causes : [originOfRule(rule), ...causes]);
    return { name, value };
  });
}

/** What a text is after PROJECTS_ROOT and PROJECT_SOURCE, written `$N`, `${N}` or `$(N)`, are put in. */
export function putSourcesIn(text: string, sources: Sources | undefined): string {
  if (sources === undefined) return text;
  const valueOf = (name: string): string => (name === 'PROJECTS_ROOT' ? sources.root : sources.project);
  return text.replace(
    /\$(?:\{(PROJECTS_ROOT|PROJECT_SOURCE)\}|\((PROJECTS_ROOT|PROJECT_SOURCE)\)|(PROJECTS_ROOT|PROJECT_SOURCE)(?!\w))/g,
    (_match, braced?: string, bracketed?: string, plain?: string) => valueOf(braced ?? bracketed ?? plain ?? ''),
  );
}

/** Adds, to the origins of a text that named the folders of the sources, why it reads differently in the model. */
export function explainSourcesPutIn(origins: readonly Origin[], before: string, after: string): readonly Origin[] {
  return before === after
    ? origins
    : [...origins, originOfRule('PROJECTS_ROOT and PROJECT_SOURCE stand for the folders of the sources')];
}
