import type { Reporter } from '../report.ts';
import {
  type ComposeNode,
  type Entry,
  type ListNode,
  makeDefault,
  makeList,
  makeMap,
  makeScalar,
  mapOf,
  withEntry,
} from '../tree/node.ts';
import { parsePort } from '../values/parse-port.ts';
import { parseVolume } from '../values/parse-volume.ts';
import { cleanPath } from '../values/paths.ts';

/** What turning a short form into its long one may need. */
export interface Canonising {
  readonly report: Reporter;
  /** Texts with `$` stay as they are where they cannot be taken apart. */
  readonly isInterpolated: boolean;
}

/** Turns one value into its long form. The shapes have been checked. */
export type ToLong = (node: ComposeNode, path: string, canonising: Canonising) => ComposeNode;

/** `[KEY=VALUE, KEY]` as a map; a key without a value has none (environment, labels, build arguments). */
export const toKeyValues: ToLong = (node, path, { report }) => {
  if (node.kind !== 'list') return node;
  const entries = new Map<string, Entry>();
  for (const item of node.items) {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') continue;
    const equals = item.value.indexOf('=');
    const key = equals === -1 ? item.value : item.value.slice(0, equals);
    if (/\s$/.test(key))
      report.error('compose.value', item.at, `${path}: the name ${JSON.stringify(key)} ends with a blank`, { path });
    entries.set(key, { keyAt: item.at, node: makeScalar(equals === -1 ? null : item.value.slice(equals + 1), item) });
  }
  return { ...makeMap(entries, node) };
};

/** A text as a list of it. */
export const toList: ToLong = (node) => listOf(node);

function listOf(node: ComposeNode): ComposeNode {
  return node.kind === 'scalar' && node.value !== null ? makeList([node], node) : node;
}

/** A list of names as a map without values (networks, models). */
export const toNames: ToLong = (node) => {
  if (node.kind !== 'list') return node;
  const named = node.items.flatMap((item): [string, Entry][] =>
    item.kind === 'scalar' ? [[String(item.value), { keyAt: item.at, node: makeScalar(null, item) }]] : [],
  );
  return makeMap(named, node);
};

export const toBuild: ToLong = (node) =>
  node.kind === 'scalar' && node.value !== null ? mapOf(node, { context: node }) : node;

export const toExtends: ToLong = (node) => (node.kind === 'scalar' ? mapOf(node, { service: node }) : node);

/** Names as a map of what a name alone means. A long form stays: what it leaves out another file may say. */
export const toDependencies: ToLong = (node) => {
  if (node.kind !== 'list') return node;
  const named = node.items.flatMap((item): [string, Entry][] => {
    if (item.kind !== 'scalar') return [];
    const dependency = mapOf(item, {
      condition: makeDefault('service_started', 'a dependency is met when it has started', item),
      required: makeDefault(true, 'a dependency is required', item),
    });
    return [[String(item.value), { keyAt: item.at, node: dependency }]];
  });
  return makeMap(named, node);
};

export const toEnvFiles: ToLong = (node) => {
  const items = listOf(node);
  if (items.kind !== 'list') return node;
  return makeList(
    items.items.map((item) => {
      const file = item.kind === 'map' ? item : mapOf(item, { path: item });
      if (file.entries.has('required')) return file;
      return withEntry(file, 'required', makeDefault(true, 'a file of variables must be there', item));
    }),
    node,
  );
};

/** A text names the source (secrets, configs). */
export const toFileMounts: ToLong = (node) =>
  mapItems(node, (item) => (item.kind === 'scalar' ? mapOf(item, { source: item }) : item));

export const toGpus: ToLong = (node) => {
  if (node.kind !== 'scalar') return node;
  return makeList([mapOf(node, { count: makeScalar('all', node) })], node);
};

export const toDevices: ToLong = (node, path, { report, isInterpolated }) =>
  mapItems(node, (item) => {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') return item;
    const [source = '', target = source, permissions = 'rwm', ...more] = item.value.split(':');
    if (more.length > 0) {
      if (!isInterpolated) return item;
      report.error('compose.value', item.at, `${path}: ${item.value} has too many colons for a device`, { path });
    }
    return mapOf(item, {
      source: makeScalar(source, item),
      target: makeScalar(target, item),
      permissions: makeScalar(permissions, item),
    });
  });

/** Hosts and addresses as `HOST=ADDRESS`, one text for each address. */
export const toHosts: ToLong = (node, path, { report, isInterpolated }) => {
  const lines: ComposeNode[] = [];
  const add = (host: string, address: string, from: ComposeNode) => {
    const isBad = host === '' || address === '' || /[:=]/.test(host);
    if (isBad && isInterpolated) {
      report.error(
        'compose.value',
        from.at,
        `${path}: write HOST=ADDRESS, not ${JSON.stringify(`${host}=${address}`)}`,
        { path },
      );
      return;
    }
    lines.push(makeScalar(`${host}=${/^\[.+\]$/.test(address) ? address.slice(1, -1) : address}`, from));
  };
  if (node.kind === 'map') {
    for (const [host, { node: value }] of node.entries) {
      const addresses = value.kind === 'list' ? value.items : [value];
      for (const address of addresses) if (address.kind === 'scalar') add(host, String(address.value ?? ''), address);
    }
    return makeList(lines, node);
  }
  if (node.kind !== 'list') return node;
  for (const item of node.items) {
    if (item.kind !== 'scalar') continue;
    const line = String(item.value);
    const separator = line.includes('=') ? line.indexOf('=') : line.indexOf(':');
    if (separator === -1) add(line, '', item);
    else for (const address of line.slice(separator + 1).split(',')) add(line.slice(0, separator), address, item);
  }
  return makeList(lines, node);
};

export const toPorts: ToLong = (node, path, { report, isInterpolated }) => {
  if (node.kind !== 'list') return node;
  return makeList(
    node.items.flatMap((item): readonly ComposeNode[] => {
      if (item.kind !== 'scalar') return [item];
      const written = String(item.value);
      const reading = parsePort(written);
      if ('problem' in reading) {
        if (!isInterpolated && written.includes('$')) return [item];
        report.error('compose.value', item.at, `${path}: ${reading.problem}`, { path });
        return [];
      }
      return reading.ports.map((port) =>
        mapOf(item, {
          mode: makeDefault('ingress', 'ports are published to every address', item),
          host_ip: port.hostIp === undefined ? undefined : makeScalar(port.hostIp, item),
          target: makeScalar(port.target, item),
          published: port.published === undefined ? undefined : makeScalar(port.published, item),
          protocol: makeScalar(port.protocol, item),
        }),
      );
    }),
    node,
  );
};

export const toVolumes: ToLong = (node, path, { report, isInterpolated }) => {
  if (node.kind !== 'list') return node;
  return makeList(
    node.items.flatMap((item) => {
      if (item.kind !== 'scalar' || typeof item.value !== 'string') return [item];
      const reading = parseVolume(item.value);
      if ('problem' in reading) {
        if (!isInterpolated && item.value.includes('$')) return [item];
        report.error('compose.value', item.at, `${path}: ${reading.problem}`, { path });
        return [];
      }
      const { volume } = reading;
      const text = (value: string | undefined) => (value === undefined ? undefined : makeScalar(value, item));
      const isBind = volume.type === 'bind';
      const bind = mapOf(item, {
        selinux: text(volume.selinux),
        propagation: text(volume.propagation),
        create_host_path: isBind
          ? makeDefault(true, 'the short form makes a source that is not there', item)
          : undefined,
      });
      const hasBind = isBind || volume.selinux !== undefined || volume.propagation !== undefined;
      const mount = mapOf(item, {
        type: makeScalar(volume.type, item),
        source: text(volume.source),
        target: makeScalar(cleanPath(volume.target), item),
        read_only: volume.isReadOnly ? makeScalar(true, item) : undefined,
        bind: hasBind ? bind : undefined,
        volume:
          isBind && !volume.noCopy
            ? undefined
            : mapOf(item, { nocopy: volume.noCopy ? makeScalar(true, item) : undefined }),
      });
      return [mount];
    }),
    node,
  );
};

/** `provenance: true` and the like are texts. */
export const toText: ToLong = (node) =>
  node.kind === 'scalar' && node.value !== null && typeof node.value !== 'string'
    ? makeScalar(String(node.value), node)
    : node;

function mapItems(node: ComposeNode, change: (item: ComposeNode) => ComposeNode): ComposeNode {
  return node.kind === 'list' ? ({ ...node, items: node.items.map(change) } satisfies ListNode) : node;
}
