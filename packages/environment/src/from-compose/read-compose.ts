import { interpolateNode } from './interpolation/interpolate-node.ts';
import { type ComposeFiles, filesBelow } from './load/files.ts';
import { type LoadedFile, loadFiles } from './load/load-project.ts';
import type { Loading } from './load/loading.ts';
import { lookUpIn, type Variables } from './load/variables.ts';
import { checkConsistency } from './project/check-consistency.ts';
import { chooseProjectName, type ProjectName } from './project/choose-name.ts';
import { finishProject } from './project/finish.ts';
import { type Located, locateProject } from './project/locate.ts';
import { normalizeProject } from './project/normalize.ts';
import { resolveEnvironments } from './project/resolve-environment.ts';
import { dropUnused, selectServices } from './project/select-services.ts';
import type { ComposeProject, ComposeReading, ComposeRequest } from './project/types.ts';
import { Reporter } from './report.ts';
import { checkShape } from './schema/check-shape.ts';
import { composeShape } from './schema/compose-shapes-table.ts';
import { type ComposeNode, type MapNode, mapOf, nodeAt, withEntry, withoutEntry } from './tree/node.ts';
import { readFileNodes } from './tree/read-file.ts';

/**
 * Reads a compose project as docker compose does: finds its files, puts variables in, checks, merges, includes, extends,
 * fills in, and keeps for every value where it came from (Compose Specification). Every problem is a diagnostic with its
 * place; none is thrown.
 */
export function readCompose(request: ComposeRequest, given: ComposeFiles): ComposeReading {
  const report = new Reporter((path) => nameFile(path, request.cwd));
  const located = locateProject(request, given, report);
  if (located === undefined) return { diagnostics: report.diagnostics };
  const files = request.resolvesPaths === false ? filesBelow(located.folder, given) : given;
  const loading: Loading = {
    files,
    report,
    ...(request.home === undefined ? {} : { home: request.home }),
    isInterpolated: request.isInterpolated ?? true,
    resolvesPaths: request.resolvesPaths ?? true,
    nameFile: (path) => nameFile(path, request.cwd),
    count: 0,
  };
  const texts = readTexts(located, request, loading);
  const name = findName(texts, located, request, loading);
  const variables = located.variables.with('COMPOSE_PROJECT_NAME', { value: name.name });
  const scope = { folder: located.folder, lookUp: lookUpIn(variables), trail: [] };
  const loaded = loadFiles(texts, scope, loading);
  if (loaded === undefined || loaded.entries.size === 0) {
    if (!report.hasErrors) {
      const file = loading.nameFile(located.files[0] ?? '');
      report.error('compose.empty', { file, line: 1, column: 1, endColumn: 2 }, `${file} describes nothing`);
    }
    return { diagnostics: report.diagnostics };
  }
  return finish(loaded, { request, files, located, name, variables, report });
}

interface Finishing {
  readonly request: ComposeRequest;
  readonly files: ComposeFiles;
  readonly located: Located;
  readonly name: ProjectName;
  readonly variables: Variables;
  readonly report: Reporter;
}

function finish(loaded: MapNode, finishing: Finishing): ComposeReading {
  const { request, files, located, name, variables, report } = finishing;
  const isInterpolated = request.isInterpolated ?? true;
  const checked = checkShape(loaded, composeShape, '', { report, isInterpolated, isPartial: false });
  if (checked?.kind !== 'map') return { diagnostics: report.diagnostics };
  const lookUp = lookUpIn(variables);
  const plain = withoutEntry(checked, 'name');
  const unnamed = plain.entries.has('services') ? plain : withEntry(plain, 'services', mapOf(plain, {}));
  const normalized = request.isNormalized === false ? unnamed : normalizeProject(unnamed, name.name, lookUp);
  const finished = isInterpolated ? finishProject(normalized, report) : normalized;
  const profiles = chooseProfiles(request, variables);
  const selection = selectServices(finished, profiles, request.services ?? [], report);
  if (request.checksConsistency !== false && isInterpolated) checkConsistency({ ...selection, report });
  const used = request.keepsUnused === true ? selection.model : dropUnused(selection.model);
  const resolvesEnvironment = isInterpolated && request.resolvesEnvironment !== false;
  const model = resolvesEnvironment ? resolveEnvironments(used, { files, report, lookUp }) : used;
  const project: ComposeProject = {
    name: name.name,
    nameOrigins: name.origins,
    folder: located.folder,
    files: located.files,
    model,
    disabled: selection.disabled,
    profiles,
    variables,
  };
  return { project, diagnostics: report.diagnostics };
}

function readTexts(located: Located, request: ComposeRequest, loading: Loading): LoadedFile[] {
  const { files, report } = loading;
  return located.files.flatMap((path): LoadedFile[] => {
    if (path === '-') return [{ path, text: request.standardInput ?? '' }];
    const found = files.find(path);
    if (found.kind === 'file') return [{ path, text: found.text }];
    const reason = found.kind === 'unreadable' ? `cannot be read: ${found.reason}` : '';
    const why = { folder: 'is a folder', absent: 'is not there', unreadable: reason }[found.kind];
    report.error('compose.not-found', undefined, `${loading.nameFile(path)} ${why}`);
    return [];
  });
}

/** The name the files write is needed before they are read: their own variables may use it. */
function findName(
  texts: readonly LoadedFile[],
  located: Located,
  request: ComposeRequest,
  loading: Loading,
): ProjectName {
  const quiet = new Reporter();
  let written: ComposeNode | undefined;
  for (const { path, text = '' } of texts) {
    for (const node of readFileNodes(text, loading.nameFile(path), quiet)) {
      const name = nodeAt(node, 'name');
      if (name?.kind === 'scalar' && name.value !== null && name.value !== '') written = name;
    }
  }
  if (written !== undefined && loading.isInterpolated)
    written = interpolateNode(written, lookUpIn(located.variables), quiet);
  const variable = located.variables.get('COMPOSE_PROJECT_NAME');
  return chooseProjectName(
    {
      ...(request.projectName === undefined ? {} : { given: request.projectName }),
      ...(variable === undefined ? {} : { variable }),
      ...(written === undefined ? {} : { written }),
      folder: located.folder,
    },
    loading.report,
  );
}

function chooseProfiles(request: ComposeRequest, variables: Variables): readonly string[] {
  if (request.profiles !== undefined && request.profiles.length > 0) return request.profiles;
  const listed = variables.get('COMPOSE_PROFILES')?.value ?? '';
  return listed
    .split(',')
    .map((profile) => profile.trim())
    .filter((profile) => profile !== '');
}

function nameFile(path: string, cwd: string): string {
  return cwd !== '/' && path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
}
