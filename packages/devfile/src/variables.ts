import { findReferences } from './find-references.ts';
import type { Problem } from './problem.ts';
import type { DocumentPath } from './types.ts';

/** Where variables are substituted (devfile-v2 1.4): `*` is every element or key, `@` the keys of the map themselves. */
const substitutedPaths = [
  ...['image', 'command.*', 'args.*', 'memoryLimit', 'memoryRequest', 'sourceMapping', 'env.*.name', 'env.*.value'].map(
    (field) => `components.*.container.${field}`,
  ),
  'components.*.container.volumeMounts.*.path',
  'components.*.container.endpoints.*.path',
  ...['kubernetes', 'openshift'].flatMap((kind) =>
    ['uri', 'inlined', 'endpoints.*.path'].map((field) => `components.*.${kind}.${field}`),
  ),
  'components.*.volume.size',
  'components.*.image.imageName',
  ...['uri', 'buildContext', 'args.*', 'devfileRegistry.id', 'devfileRegistry.registryUrl', 'git.fileLocation'].map(
    (field) => `components.*.image.dockerfile.${field}`,
  ),
  ...listGitPaths('components.*.image.dockerfile.git'),
  ...['commandLine', 'workingDir', 'label', 'env.*.name', 'env.*.value'].map((field) => `commands.*.exec.${field}`),
  'commands.*.composite.label',
  'commands.*.apply.label',
  ...['projects', 'dependentProjects'].flatMap((list) => [`${list}.*.clonePath`, ...listSourcePaths(`${list}.*`)]),
  'starterProjects.*.description',
  'starterProjects.*.subDir',
  ...listSourcePaths('starterProjects.*'),
];

function listSourcePaths(project: string): string[] {
  return [...listGitPaths(`${project}.git`), `${project}.zip.location`];
}

function listGitPaths(git: string): string[] {
  return [`${git}.remotes.@`, `${git}.remotes.*`, `${git}.checkoutFrom.remote`, `${git}.checkoutFrom.revision`];
}

interface PathTree {
  readonly children: Map<string, PathTree>;
}

let cachedTree: PathTree | undefined;

function getPathTree(): PathTree {
  if (cachedTree !== undefined) return cachedTree;
  const tree: PathTree = { children: new Map() };
  for (const path of substitutedPaths) {
    let branch = tree;
    for (const word of path.split('.')) {
      const next = branch.children.get(word) ?? { children: new Map() };
      branch.children.set(word, next);
      branch = next;
    }
  }
  cachedTree = tree;
  return tree;
}

/** True for a place whose text has its variables substituted. */
export function isSubstituted(path: DocumentPath): boolean {
  let tree: PathTree | undefined = getPathTree();
  for (const step of path) tree = tree?.children.get(String(step)) ?? tree?.children.get('*');
  return tree !== undefined && tree.children.size === 0;
}

/** What came of substituting, beside the document. */
export interface Substitution {
  readonly document: unknown;
  /** `devfile.undefined-variable`, one for each name in each value. */
  readonly problems: readonly Problem[];
  /** The variables that went into the value at a path of the substituted document. */
  variablesAt(path: DocumentPath): readonly string[];
  /** The path as the file has it, where keys had variables in them. */
  toFilePath(path: DocumentPath): DocumentPath;
}

/** A text with its variables put in; undefined names stay as they are. */
export function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  let result = '';
  let end = 0;
  for (const { name, start, end: next } of findReferences(text)) {
    result += text.slice(end, start) + (variables.get(name) ?? text.slice(start, next));
    end = next;
  }
  return result + text.slice(end);
}

interface Recorder {
  readonly variables: ReadonlyMap<string, string>;
  readonly names: readonly string[];
  /** Of the value looked at, in the substituted document and in the file. */
  readonly path: (string | number)[];
  readonly filePath: (string | number)[];
  readonly problems: Problem[];
  readonly used: (readonly [DocumentPath, readonly string[]])[];
  readonly renamed: Map<string, string>;
}

/**
 * Substitutes `{{name}}` once, without looking at what came in; an undefined name is a warning and stays as it is. The
 * document is not changed: what differs is made anew.
 */
export function substituteVariables(document: unknown, variables: ReadonlyMap<string, string>): Substitution {
  const recorder: Recorder = {
    variables,
    names: [...variables.keys()],
    path: [],
    filePath: [],
    problems: [],
    used: [],
    renamed: new Map(),
  };
  const substituted = substituteIn(document, getPathTree(), recorder);
  // Made when somebody asks.
  let used: ReadonlyMap<string, readonly string[]> | undefined;
  const listUsed = () => new Map(recorder.used.map(([path, names]) => [toKey(path), names]));
  return {
    document: substituted,
    problems: recorder.problems,
    variablesAt: (path) => {
      used ??= listUsed();
      return used.get(toKey(path)) ?? [];
    },
    toFilePath: (path) =>
      path.map((segment, index) => recorder.renamed.get(toKey(path.slice(0, index + 1))) ?? segment),
  };
}

function toKey(path: DocumentPath): string {
  return path.join('\0');
}

function substituteIn(value: unknown, tree: PathTree, recorder: Recorder): unknown {
  if (typeof value === 'string') return tree.children.size === 0 ? substituteText(value, 'value', recorder) : value;
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? substituteInList(value, tree, recorder) : substituteInMap(value, tree, recorder);
}

function substituteInList(list: readonly unknown[], tree: PathTree, recorder: Recorder): unknown {
  const branch = tree.children.get('*');
  if (branch === undefined) return list;
  let items: unknown[] | undefined;
  for (const [index, item] of list.entries()) {
    recorder.path.push(index);
    recorder.filePath.push(index);
    const substituted = substituteIn(item, branch, recorder);
    recorder.path.pop();
    recorder.filePath.pop();
    if (substituted === item) continue;
    items ??= [...list];
    items[index] = substituted;
  }
  return items ?? list;
}

function substituteInMap(map: object, tree: PathTree, recorder: Recorder): unknown {
  if (!tree.children.has('*')) return substituteInFields(map as Fields, tree, recorder);
  const hasSubstitutedKeys = tree.children.has('@');
  const entries = Object.entries(map);
  let isChanged = false;
  for (const entry of entries) {
    const [key, child] = entry;
    const branch = tree.children.get(key) ?? tree.children.get('*');
    if (branch === undefined && !hasSubstitutedKeys) continue;
    recorder.filePath.push(key);
    const name = hasSubstitutedKeys ? substituteKey(key, recorder) : key;
    recorder.path.push(name);
    const substituted = branch === undefined ? child : substituteIn(child, branch, recorder);
    recorder.path.pop();
    recorder.filePath.pop();
    if (substituted === child && name === key) continue;
    entry[0] = name;
    entry[1] = substituted;
    isChanged = true;
  }
  if (!isChanged) return map;
  const result: Record<string, unknown> = Object.create(null);
  for (const [name, child] of entries) result[name] = child;
  return result;
}

type Fields = Readonly<Record<string, unknown>>;

/** A map of which only some fields, known by name, are looked at; most maps are, and have nothing to substitute. */
function substituteInFields(map: Fields, tree: PathTree, recorder: Recorder): unknown {
  let result: Record<string, unknown> | undefined;
  for (const [key, branch] of tree.children) {
    const child = map[key];
    if (child === undefined || (typeof child === 'string' && !child.includes('{{'))) continue;
    recorder.filePath.push(key);
    recorder.path.push(key);
    const substituted = substituteIn(child, branch, recorder);
    recorder.path.pop();
    recorder.filePath.pop();
    if (substituted === child) continue;
    result ??= Object.assign(Object.create(null) as Record<string, unknown>, map);
    result[key] = substituted;
  }
  return result ?? map;
}

function substituteKey(key: string, recorder: Recorder): string {
  const name = substituteText(key, 'key', recorder);
  if (name !== key) recorder.renamed.set(toKey([...recorder.path, name]), key);
  return name;
}

function substituteText(text: string, at: 'key' | 'value', recorder: Recorder): string {
  if (!text.includes('{{')) return text;
  const used: string[] = [];
  const undefinedNames = new Set<string>();
  let result = '';
  let end = 0;
  for (const reference of findReferences(text)) {
    const value = recorder.variables.get(reference.name);
    const written = text.slice(reference.start, reference.end);
    if (value !== undefined) used.push(reference.name);
    else if (!undefinedNames.has(reference.name)) {
      undefinedNames.add(reference.name);
      recorder.problems.push(describeUndefined({ name: reference.name, text: written }, at, recorder));
    }
    result += text.slice(end, reference.start) + (value ?? written);
    end = reference.end;
  }
  if (at === 'value' && used.length > 0) recorder.used.push([[...recorder.path], [...new Set(used)]]);
  return result + text.slice(end);
}

function describeUndefined(
  { name, text }: { name: string; text: string },
  at: 'key' | 'value',
  recorder: Recorder,
): Problem {
  return {
    code: 'devfile.undefined-variable',
    severity: 'warning',
    path: [...recorder.filePath],
    at,
    within: text,
    message: `the variable ${name} is not defined`,
    misspelt: { written: name, known: recorder.names },
  };
}
