import { uniteByKey } from '../merge/merge-nodes.ts';
import { keyOfEntries } from '../merge/rules.ts';
import { type ComposeNode, type Entry, isNull, type MapNode, makeMap, makeScalar, withEntry } from '../tree/node.ts';
import {
  type Canonising,
  type ToLong,
  toBuild,
  toDependencies,
  toDevices,
  toEnvFiles,
  toExtends,
  toFileMounts,
  toGpus,
  toHosts,
  toKeyValues,
  toList,
  toNames,
  toPorts,
  toText,
  toVolumes,
} from './short-forms.ts';

type Fields = Readonly<Record<string, ToLong>>;

const watchFields: Fields = { ignore: toList, include: toList, exec: within({ environment: toKeyValues }) };

const buildFields: Fields = {
  args: toKeyValues,
  ssh: toKeyValues,
  labels: toKeyValues,
  additional_contexts: toKeyValues,
  extra_hosts: toHosts,
  no_cache_filter: toList,
  provenance: toText,
  sbom: toText,
  secrets: toFileMounts,
};

const containerFields: Fields = {
  annotations: toKeyValues,
  configs: toFileMounts,
  devices: toDevices,
  dns: toList,
  dns_search: toList,
  env_file: toEnvFiles,
  environment: toKeyValues,
  extra_hosts: toHosts,
  gpus: toGpus,
  label_file: toList,
  labels: toKeyValues,
  models: toNames,
  networks: toNames,
  secrets: toFileMounts,
  sysctls: toKeyValues,
  tmpfs: toList,
  volumes: inOrder(toVolumes, each(within({ volume: within({ labels: toKeyValues }) }))),
};

const hookFields: Fields = { environment: toKeyValues };

const serviceFields: Fields = {
  ...containerFields,
  build: inOrder(toBuild, within(buildFields)),
  depends_on: toDependencies,
  deploy: within({ labels: toKeyValues }),
  develop: within({ watch: each(within(watchFields)) }),
  extends: toExtends,
  ports: toPorts,
  post_start: each(within(hookFields)),
  pre_start: each(within(containerFields)),
  pre_stop: each(within(hookFields)),
};

const resourceFields: Fields = { labels: toKeyValues };

const sections: Fields = {
  services: eachValue(within(serviceFields)),
  jobs: eachValue(within(serviceFields)),
  networks: eachValue(inOrder(toExternal, within(resourceFields))),
  volumes: eachValue(inOrder(toExternal, within(resourceFields))),
  secrets: eachValue(inOrder(toExternal, within(resourceFields))),
  configs: eachValue(inOrder(toExternal, within(resourceFields))),
};

/** A checked compose file with every short form in its long one, lists unique by their keys. */
export function toCanonical(file: MapNode, canonising: Canonising): MapNode {
  const result = within(sections)(file, '', canonising);
  return result.kind === 'map' ? uniteLists(result) : file;
}

/** The same for one service. */
export function toCanonicalService(service: MapNode, path: string, canonising: Canonising): MapNode {
  const result = within(serviceFields)(service, path, canonising);
  return result.kind === 'map' ? uniteServiceLists(result, ['services', '*']) : service;
}

function uniteLists(file: MapNode): MapNode {
  let result = file;
  for (const section of ['services', 'jobs']) {
    const services = result.entries.get(section)?.node;
    if (services?.kind !== 'map') continue;
    const united = [...services.entries].map(([name, entry]): [string, Entry] => [
      name,
      entry.node.kind === 'map' ? { ...entry, node: uniteServiceLists(entry.node, [section, name]) } : entry,
    ]);
    result = withEntry(result, section, makeMap(united, services));
  }
  return result;
}

function uniteServiceLists(node: MapNode, path: readonly string[]): MapNode {
  const entries = [...node.entries].map(([key, entry]): [string, Entry] => {
    const below = [...path, key];
    const keyOf = keyOfEntries(below);
    if (entry.node.kind === 'list' && keyOf !== undefined) {
      return [key, { ...entry, node: { ...entry.node, items: uniteByKey(entry.node.items, keyOf) } }];
    }
    const isNested = entry.node.kind === 'map' && (key === 'build' || key === 'networks' || path[2] === 'networks');
    return isNested ? [key, { ...entry, node: uniteServiceLists(entry.node, below) }] : [key, entry];
  });
  return makeMap(entries, node);
}

/** `external: {name: x}` is the old way to write `external: true` and `name: x`. */
function toExternal(node: ComposeNode, path: string, { report }: Canonising): ComposeNode {
  const external = node.kind === 'map' ? node.entries.get('external')?.node : undefined;
  if (node.kind !== 'map' || external?.kind !== 'map') return node;
  const name = external.entries.get('name')?.node;
  const written = node.entries.get('name')?.node;
  const isConflict = name?.kind === 'scalar' && written?.kind === 'scalar' && name.value !== written.value;
  if (isConflict)
    report.error('compose.conflict', external.at, `${path} has two names: name and external.name`, { path });
  const result = withEntry(node, 'external', makeScalar(true, external));
  return name === undefined || written !== undefined ? result : withEntry(result, 'name', name);
}

function within(fields: Fields): ToLong {
  return (node, path, canonising) => {
    if (node.kind !== 'map') return node;
    const entries = [...node.entries].map(([key, entry]): [string, Entry] => {
      const change = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (change === undefined || entry.node.mark === 'reset' || isNull(entry.node)) return [key, entry];
      return [
        key,
        {
          ...entry,
          node: keepMark(entry.node, change(entry.node, `${path === '' ? '' : `${path}.`}${key}`, canonising)),
        },
      ];
    });
    return makeMap(entries, node);
  };
}

/** A long form stands where its short one stood, with its mark. */
function keepMark(before: ComposeNode, after: ComposeNode): ComposeNode {
  return before.mark === undefined || after.mark !== undefined ? after : { ...after, mark: before.mark };
}

function each(change: ToLong): ToLong {
  return (node, path, canonising) =>
    node.kind === 'list' ? { ...node, items: node.items.map((item) => change(item, path, canonising)) } : node;
}

function eachValue(change: ToLong): ToLong {
  return (node, path, canonising) => {
    if (node.kind !== 'map') return node;
    const entries = [...node.entries].map(([name, entry]): [string, Entry] => [
      name,
      { ...entry, node: change(entry.node, `${path}.${name}`, canonising) },
    ]);
    return makeMap(entries, node);
  };
}

function inOrder(...changes: readonly ToLong[]): ToLong {
  return (node, path, canonising) => changes.reduce((result, change) => change(result, path, canonising), node);
}
