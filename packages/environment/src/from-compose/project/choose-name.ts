import type { Origin } from '../../types.ts';
import type { Variable } from '../interpolation/substitute.ts';
import type { Reporter } from '../report.ts';
import type { ComposeNode } from '../tree/node.ts';
import { baseNameOf } from '../values/paths.ts';

export interface ProjectName {
  readonly name: string;
  readonly origins: readonly Origin[];
}

interface Sources {
  readonly given?: string;
  readonly variable?: Variable;
  /** The last `name:` of the files. */
  readonly written?: ComposeNode;
  readonly folder: string;
}

/** Small letters, digits, `-` and `_`, beginning with a letter or a digit; the rest is left out. */
function normalizeProjectName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

/**
 * The project's name: `-p`, then `COMPOSE_PROJECT_NAME`, then `name:` of the files, then the folder's (Compose
 * Specification, Version and name). Gives `compose.project-name`.
 */
export function chooseProjectName({ given, variable, written, folder }: Sources, report: Reporter): ProjectName {
  if (given !== undefined && given !== '') {
    return takeExactly(given, [{ kind: 'configuration', detail: '--project-name' }], report);
  }
  if (variable !== undefined && variable.value !== '') {
    const { file, line } = variable;
    const place = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
    return takeExactly(variable.value, [{ kind: 'variable', ...place, detail: 'COMPOSE_PROJECT_NAME' }], report);
  }
  const text = written?.kind === 'scalar' ? String(written.value ?? '') : '';
  const fromFile = normalizeProjectName(text);
  if (written !== undefined && fromFile !== '') return { name: fromFile, origins: written.origins };
  const name = normalizeProjectName(baseNameOf(folder));
  if (name === '') {
    report.error(
      'compose.project-name',
      written?.at,
      `neither the files nor the folder ${folder} give the project a name`,
    );
  }
  return { name, origins: [{ kind: 'default', detail: 'compose: without a name, the folder names the project' }] };
}

function takeExactly(name: string, origins: readonly Origin[], report: Reporter): ProjectName {
  if (name !== normalizeProjectName(name)) {
    const message = `${JSON.stringify(name)} is no name of a project: small letters, digits, dashes and underscores, beginning with a letter or a digit`;
    report.error('compose.project-name', undefined, message);
  }
  return { name, origins };
}
