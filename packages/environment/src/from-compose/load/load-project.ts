import type { Origin } from '../../types.ts';
import { toCanonical } from '../canonical/to-canonical.ts';
import { interpolateNode } from '../interpolation/interpolate-node.ts';
import type { LookUp } from '../interpolation/substitute.ts';
import { mergeNodes } from '../merge/merge-nodes.ts';
import { checkShape } from '../schema/check-shape.ts';
import { composeShape } from '../schema/compose-shapes-table.ts';
import {
  addOrigin,
  type ComposeNode,
  isSameValue,
  listAt,
  type MapNode,
  mapAt,
  nodeAt,
  scalarAt,
  textAt,
  withEntry,
  withoutEntry,
} from '../tree/node.ts';
import { readFileNodes } from '../tree/read-file.ts';
import { expandHome, folderOf, isAbsolutePath, joinPath } from '../values/paths.ts';
import { applyExtends } from './apply-extends.ts';
import { type Loading, pathBase, readText } from './loading.ts';
import { isRemoteFile } from './remote-file.ts';
import { resolvePaths } from './resolve-paths.ts';
import { readVariableFiles } from './variables.ts';

export interface LoadedFile {
  readonly path: string;
  /** Absent: what the loading's files have. */
  readonly text?: string;
}

interface Scope {
  /** Absolute folder that relative paths of these files begin in. */
  readonly folder: string;
  readonly lookUp: LookUp;
  /** Paths of the files that include these, outermost first. */
  readonly trail: readonly string[];
}

const sections = ['services', 'jobs', 'volumes', 'networks', 'secrets', 'configs', 'models'] as const;

/**
 * Reads files one over the other: variables put in, shapes checked, long forms, includes, extends, merge (Compose
 * Specification, Merge, Include, Interpolation and Extends). What cannot be used is reported and left out.
 */
export function loadFiles(files: readonly LoadedFile[], scope: Scope, loading: Loading): MapNode | undefined {
  let project: ComposeNode | undefined;
  for (const file of files) {
    for (const document of readDocuments(file, scope, loading)) {
      const included = applyIncludes(document, { ...scope, trail: [...scope.trail, file.path] }, loading);
      const extended = applyExtends(included, file.path, scope, loading);
      project = mergeNodes(project ?? emptyLike(extended), extended, [], { report: loading.report });
    }
  }
  return project?.kind === 'map' ? project : undefined;
}

function readDocuments(file: LoadedFile, scope: Scope, loading: Loading): readonly MapNode[] {
  const { report } = loading;
  const text = file.text ?? readText(file.path, undefined, loading);
  if (text === undefined) return [];
  const shown = loading.nameFile(file.path);
  return readFileNodes(text, shown, report).flatMap((node) => {
    if (node.kind !== 'map') {
      if (node.kind !== 'scalar' || node.value !== null) {
        report.error('compose.type', node.at, `${shown} must be a map with services, not a ${node.kind}`);
      }
      return [];
    }
    const prepared = prepareFile(node, scope, loading);
    return prepared === undefined ? [] : [prepared];
  });
}

/** Variables put in, shapes checked, long forms, paths absolute. */
function prepareFile(node: MapNode, scope: Scope, loading: Loading): MapNode | undefined {
  const { report, isInterpolated } = loading;
  const interpolated = isInterpolated ? interpolateNode(node, scope.lookUp, report) : node;
  const checked = checkShape(interpolated, composeShape, '', { report, isInterpolated, isPartial: true });
  if (checked?.kind !== 'map') return undefined;
  const version = checked.entries.get('version');
  if (version !== undefined) report.warn('compose.obsolete-version', version.keyAt, 'version has no meaning any more');
  const canonical = toCanonical(withoutEntry(checked, 'version'), { report, isInterpolated });
  return loading.resolvesPaths ? resolvePaths(canonical, pathBase(scope.folder, loading)) : canonical;
}

function applyIncludes(file: MapNode, scope: Scope, loading: Loading): MapNode {
  let result = withoutEntry(file, 'include');
  for (const entry of listAt(file, 'include')?.items ?? []) {
    const imported = loadInclude(entry, scope, loading);
    if (imported !== undefined) result = importResources(imported, result, entry, loading);
  }
  return result;
}

function loadInclude(entry: ComposeNode, scope: Scope, loading: Loading): MapNode | undefined {
  const written = textsOf(entry.kind === 'map' ? nodeAt(entry, 'path') : entry);
  const resolve = (path: string) => {
    const expanded = expandHome(path, loading.home);
    return isAbsolutePath(expanded) || isRemoteFile(path) ? expanded : joinPath(scope.folder, expanded);
  };
  const paths = written.map(resolve);
  const [main] = paths;
  if (main === undefined) {
    loading.report.error('compose.include', entry.at, 'an include needs a path');
    return undefined;
  }
  if (scope.trail.includes(main)) {
    const circle = [...scope.trail.slice(scope.trail.indexOf(main)), main].map((path) => loading.nameFile(path));
    loading.report.error('compose.include', entry.at, `files include each other in a circle: ${circle.join(' -> ')}`);
    return undefined;
  }
  const folderText = textAt(entry, 'project_directory');
  const folder = folderText === undefined ? folderOf(main) : resolve(folderText);
  const texts = paths.map((path) => ({ path, text: readText(path, entry.at, loading) }));
  const files = texts.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]));
  if (files.length < paths.length) return undefined;
  const lookUp = includeVariables(entry, folder, resolve, scope, loading);
  return loadFiles(files, { folder, lookUp, trail: scope.trail }, loading);
}

/** The variables of an included project: what is set outside wins, then its own files, else its folder's `.env`. */
function includeVariables(
  entry: ComposeNode,
  folder: string,
  resolve: (path: string) => string,
  scope: Scope,
  loading: Loading,
): LookUp {
  const { files, report } = loading;
  const named = textsOf(nodeAt(entry, 'env_file')).filter((path) => path !== '/dev/null');
  const hasNamed = nodeAt(entry, 'env_file') !== undefined;
  const paths = hasNamed
    ? named.map(resolve)
    : [joinPath(folder, '.env')].filter((path) => files.find(path).kind === 'file');
  const variables = readVariableFiles(
    paths.map((path) => ({ path, isRequired: true })),
    { files, report, lookUp: scope.lookUp, namedAt: entry.at },
  );
  return (name) => scope.lookUp(name) ?? variables.get(name);
}

/** What is defined twice and differently is merged, the including file over the included one, and said. */
function importResources(imported: MapNode, file: MapNode, entry: ComposeNode, loading: Loading): MapNode {
  const { file: where, line, column } = entry.at;
  const origin: Origin = { kind: 'include', file: where, line, column };
  let result = file;
  for (const section of sections) {
    const from = mapAt(imported, section);
    if (from === undefined) continue;
    let to: MapNode = mapAt(result, section) ?? { ...from, entries: new Map() };
    for (const [name, { node }] of from.entries) {
      const own = to.entries.get(name)?.node;
      const added = addOrigin(node, origin);
      if (own !== undefined && !isSameValue(own, node) && own.mark === undefined) {
        const message = `${section}.${name} is also defined in ${node.at.file}:${node.at.line}, differently; both are merged`;
        loading.report.warn('compose.include-conflict', own.at, message, { path: `${section}.${name}` });
      }
      const merged = mergeNodes(added, own, [section, name], { report: loading.report, keepsMarks: true });
      if (merged !== undefined) to = withEntry(to, name, merged);
    }
    result = withEntry(result, section, to);
  }
  return result;
}

function textsOf(node: ComposeNode | undefined): readonly string[] {
  if (node === undefined) return [];
  const nodes = node.kind === 'list' ? node.items : [node];
  return nodes.flatMap((item) => {
    const value = scalarAt(item)?.value;
    return typeof value === 'string' ? [value] : [];
  });
}

function emptyLike(node: MapNode): MapNode {
  return { kind: 'map', entries: new Map(), at: node.at, origins: node.origins };
}
