import {
  type ComposeNode,
  type Entry,
  type MapNode,
  makeMap,
  nodeAt,
  scalarAt,
  textAt,
  withEntry,
} from '../tree/node.ts';
import { expandHome, isAbsolutePath, joinPath } from '../values/paths.ts';
import { isRemoteFile } from './remote-file.ts';

export interface PathBase {
  /** Absolute: relative paths begin here. */
  readonly folder: string;
  readonly home?: string;
}

/** A compose file in its long form with every path of the machine absolute (Compose Specification, relative paths). */
export function resolvePaths(file: MapNode, base: PathBase): MapNode {
  let result = file;
  for (const section of ['services', 'jobs']) {
    result = changeEach(result, section, (service) => resolveServicePaths(service, base));
  }
  for (const section of ['configs', 'secrets']) {
    result = changeEach(result, section, (object) => changeAt(object, ['file'], (path) => toAbsolute(path, base)));
  }
  return changeEach(result, 'volumes', (volume) => resolveVolumeDevice(volume, base));
}

/** The same for one service. */
export function resolveServicePaths(service: MapNode, base: PathBase): MapNode {
  const absolute = (path: string) => toAbsolute(path, base);
  let result = changeAt(service, ['build', 'context'], (path) => toContext(path, base));
  result = changeAt(result, ['build', 'additional_contexts', '*'], (path) => toContext(path, base));
  result = changeAt(result, ['build', 'ssh', '*'], absolute);
  result = changeAt(result, ['env_file', '*', 'path'], absolute);
  result = changeAt(result, ['label_file', '*'], absolute);
  result = changeAt(result, ['extends', 'file'], (path) => (isRemoteFile(path) ? path : absolute(path)));
  result = changeAt(result, ['develop', 'watch', '*', 'path'], absolute);
  for (const at of [['volumes'], ['pre_start', '*', 'volumes']]) {
    result = changeNode(result, [...at, '*'], (mount) => resolveMount(mount, absolute)) as MapNode;
  }
  result = changeAt(result, ['pre_start', '*', 'env_file', '*', 'path'], absolute);
  return changeAt(result, ['pre_start', '*', 'label_file', '*'], absolute);
}

function resolveMount(mount: ComposeNode, absolute: (path: string) => string): ComposeNode {
  return textAt(mount, 'type') === 'bind' && mount.kind === 'map' ? changeAt(mount, ['source'], absolute) : mount;
}

function resolveVolumeDevice(volume: MapNode, base: PathBase): MapNode {
  const isBind = textAt(volume, 'driver') === 'local' && textAt(volume, 'driver_opts', 'o') === 'bind';
  return isBind ? changeAt(volume, ['driver_opts', 'device'], (path) => toAbsolute(path, base)) : volume;
}

function toAbsolute(path: string, { folder, home }: PathBase): string {
  if (path === '' || path.includes('${')) return path;
  const expanded = expandHome(path, home);
  return isAbsolutePath(expanded) ? expanded : joinPath(folder, expanded);
}

function toContext(path: string, base: PathBase): string {
  const isElsewhere = path.includes('://') || path.startsWith('service:') || isRemoteFile(path);
  return isElsewhere ? path : toAbsolute(path, base);
}

function changeEach(file: MapNode, section: string, change: (node: MapNode) => MapNode): MapNode {
  const found = nodeAt(file, section);
  if (found?.kind !== 'map') return file;
  const entries = [...found.entries].map(([name, entry]): [string, Entry] => [
    name,
    entry.node.kind === 'map' ? { ...entry, node: change(entry.node) } : entry,
  ]);
  return withEntry(file, section, makeMap(entries, found));
}

function changeAt(node: MapNode, keys: readonly string[], change: (text: string) => string): MapNode {
  return changeNode(node, keys, (found) => {
    const value = scalarAt(found)?.value;
    return found.kind === 'scalar' && typeof value === 'string' ? { ...found, value: change(value) } : found;
  }) as MapNode;
}

function changeNode(
  node: ComposeNode,
  keys: readonly string[],
  change: (node: ComposeNode) => ComposeNode,
): ComposeNode {
  const [key, ...rest] = keys;
  if (key === undefined) return change(node);
  if (node.kind === 'list') {
    return key === '*' ? { ...node, items: node.items.map((item) => changeNode(item, rest, change)) } : node;
  }
  if (node.kind !== 'map') return node;
  const names = key === '*' ? [...node.entries.keys()] : [key];
  let result: MapNode = node;
  for (const name of names) {
    const entry = node.entries.get(name);
    if (entry !== undefined) result = withEntry(result, name, changeNode(entry.node, rest, change));
  }
  return result;
}
