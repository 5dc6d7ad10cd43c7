import type { Attributes, DocumentPath, Project } from '../../types.ts';
import type { Project1 } from '../types.ts';
import type { Conversion } from './conversion.ts';

/** The projects; one that must be called otherwise keeps its folder. */
export function convertProjects(conversion: Conversion): readonly Project[] {
  const { projects = [] } = conversion.input.devfile;
  return projects.map((project, index) => convertProject(conversion, project, index));
}

function convertProject(conversion: Conversion, project: Project1, index: number): Project {
  const path = ['projects', index];
  const name = conversion.name('projects', project.name, [...path, 'name']);
  const clonePath = convertClonePath(conversion, project, name, [...path, 'clonePath']);
  conversion.from(path, path);
  if (clonePath !== undefined) {
    conversion.from([...path, 'clonePath'], [...path, project.clonePath === undefined ? 'name' : 'clonePath']);
  }
  return {
    name,
    ...(clonePath === undefined ? {} : { clonePath }),
    ...(project.source.type === 'zip' ? convertZip(conversion, project, path) : convertGit(conversion, project, path)),
  };
}

/** Relative, and inside the folder of the sources. */
function convertClonePath(
  conversion: Conversion,
  { name: written, clonePath }: Project1,
  name: string,
  at: DocumentPath,
): string | undefined {
  const fallback = name === written ? undefined : written;
  if (clonePath === undefined || clonePath === '') return fallback;
  const plain = clonePath.replace(/^\/+/, '');
  if (plain === '' || plain.split(/[/\\]/).includes('..')) {
    conversion.drop('value', at, `${written} is not cloned to ${clonePath}, which leads out of the sources`);
    return fallback;
  }
  if (plain !== clonePath)
    conversion.change('value', at, `${written} is cloned to ${plain}, below the sources`, 'info');
  return plain;
}

function convertZip(
  conversion: Conversion,
  { name, source }: Project1,
  path: DocumentPath,
): Pick<Project, 'zip' | 'attributes'> {
  conversion.from([...path, 'zip', 'location'], [...path, 'source', 'location']);
  const fields = ['branch', 'startPoint', 'tag', 'commitId', 'sparseCheckoutDir'] as const;
  for (const field of fields) {
    if (source[field] === undefined) continue;
    conversion.drop('value', [...path, 'source', field], `${field} of ${name} means nothing for an archive`);
  }
  return { zip: { location: source.location } };
}

function convertGit(
  conversion: Conversion,
  { name, source }: Project1,
  path: DocumentPath,
): Pick<Project, 'git' | 'attributes'> {
  const { location, branch, sparseCheckoutDir } = source;
  const field = (['commitId', 'tag', 'startPoint', 'branch'] as const).find((one) => isSet(source[one]));
  const revision = field === undefined ? undefined : source[field];
  const at = [...path, 'source'];
  conversion.from([...path, 'git'], at);
  conversion.from([...path, 'git', 'remotes', 'origin'], [...at, 'location']);
  if (field !== undefined) conversion.from([...path, 'git', 'checkoutFrom', 'revision'], [...at, field]);
  const attributes: Record<string, unknown> = {};
  if (field !== undefined && field !== 'branch' && isSet(branch)) {
    attributes['devfile1/branch'] = branch;
    const message = `${name} is checked out at its ${field}; the branch ${branch} that was made there is an attribute`;
    conversion.change('value', [...at, 'branch'], message);
  }
  for (const other of ['tag', 'startPoint'] as const) {
    if (other === field || !isSet(source[other])) continue;
    conversion.drop('value', [...at, other], `${name} is checked out at its ${field}, not at ${source[other]}`);
  }
  const folder = sparseCheckoutDir?.trim().replace(/^\/+|\/+$/g, '');
  if (isSet(folder)) {
    attributes['sparseCheckout'] = folder;
    conversion.from([...path, 'attributes', 'sparseCheckout'], [...at, 'sparseCheckoutDir']);
    if (/\s/.test(folder)) {
      conversion.change('value', [...at, 'sparseCheckoutDir'], `${folder} is read as several folders, apart by spaces`);
    }
  }
  return {
    ...(Object.keys(attributes).length === 0 ? {} : { attributes: attributes as Attributes }),
    git: {
      remotes: { origin: location },
      ...(revision === undefined ? {} : { checkoutFrom: { revision } }),
    },
  };
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
