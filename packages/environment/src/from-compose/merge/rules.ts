import type { ComposeNode } from '../tree/node.ts';
import { textAt, toValue } from '../tree/node.ts';

/** How two values of the same key become one, where neither maps nor lists nor scalars say it all. */
export type MergeRule = 'replace' | 'by-key' | 'logging' | 'ulimit' | 'address-pools';

/** What makes two entries of a list the same entry. */
export type KeyOf = (node: ComposeNode) => string;

const textKey: KeyOf = (node) => (node.kind === 'scalar' ? String(node.value) : JSON.stringify(toValue(node)));
const plainKey: KeyOf = (node) => textKey(node).split('=', 1)[0] ?? '';
const field =
  (name: string, fallback: (node: ComposeNode) => string): KeyOf =>
  (node) =>
    textAt(node, name) ?? fallback(node);

const target = field('target', textKey);

function portKey(node: ComposeNode): string {
  if (node.kind !== 'map') return textKey(node);
  const read = (name: string, fallback: string) => {
    const found = node.entries.get(name)?.node;
    return found === undefined ? fallback : textKey(found);
  };
  const address = `${read('host_ip', '0.0.0.0')}:${read('published', '')}`;
  return `${address}:${read('target', '')}/${read('protocol', 'tcp')}`;
}

const mountKey =
  (folder: string): KeyOf =>
  (node) =>
    textAt(node, 'target') ?? `${folder}/${textAt(node, 'source') ?? ''}`;

/** Lists whose entries are unique by a key, by the path of the list (Compose Specification, Merge, Unique resources). */
const keysOfLists: Readonly<Record<string, KeyOf>> = {
  ports: portKey,
  volumes: target,
  devices: target,
  secrets: mountKey('/run/secrets'),
  configs: mountKey(''),
  env_file: field('path', plainKey),
  expose: textKey,
  cap_add: plainKey,
  cap_drop: plainKey,
  dns: plainKey,
  dns_opt: plainKey,
  dns_search: plainKey,
  links: plainKey,
  profiles: plainKey,
  tmpfs: plainKey,
  'build.tags': plainKey,
};

const rules: Readonly<Record<string, MergeRule>> = {
  command: 'replace',
  entrypoint: 'replace',
  'healthcheck.test': 'replace',
  logging: 'logging',
};

/** The rule for the value at a path of a compose file. */
export function ruleAt(path: readonly string[]): MergeRule | undefined {
  const [section, , ...below] = path;
  const key = below.join('.');
  if (section === 'networks') return key === 'ipam.config' ? 'address-pools' : undefined;
  if (section !== 'services' && section !== 'jobs') return undefined;
  if (below.length === 2 && below[0] === 'ulimits') return 'ulimit';
  if (Object.hasOwn(rules, key)) return rules[key];
  return keyOfEntries(path) === undefined ? undefined : 'by-key';
}

export function keyOfEntries(path: readonly string[]): KeyOf | undefined {
  const [section, , ...below] = path;
  if (section !== 'services' && section !== 'jobs') return undefined;
  const isNetworkList = below.length === 3 && below[0] === 'networks';
  if (isNetworkList && (below[2] === 'aliases' || below[2] === 'link_local_ips')) return plainKey;
  const key = below.join('.');
  return Object.hasOwn(keysOfLists, key) ? keysOfLists[key] : undefined;
}
