import type { Origin } from '../../types.ts';
import type { Reporter } from '../report.ts';
import type { ComposeNode, MapNode, Place } from '../tree/node.ts';
import { ignoredKeys } from './ignored-keys-table.ts';

/** Maps whose keys are names of the user's, by the place of the map. */
const dictionaries = new Set(['services', 'networks', 'volumes', 'secrets', 'configs', 'services.*.networks']);

/** Says of every key that has no effect here what is different without it: `compose.ignored-key`, with its place. */
export function reportIgnoredKeys(model: MapNode, report: Reporter): void {
  for (const [key, entry] of model.entries) visit(entry.node, entry.keyAt, key, key, report);
  reportMounts(model, report);
}

function visit(node: ComposeNode, keyAt: Place, pattern: string, path: string, report: Reporter): void {
  const ignored = Object.hasOwn(ignoredKeys, pattern) ? ignoredKeys[pattern] : undefined;
  if (ignored !== undefined) {
    if (isWritten(node.origins) && !isUsual(node) && !isNo(node, pattern)) say(path, ignored, keyAt, report);
    return;
  }
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) visitBelow(item, pattern, `${path}[${index}]`, report);
  } else visitBelow(node, pattern, path, report);
}

function visitBelow(node: ComposeNode, pattern: string, path: string, report: Reporter): void {
  if (node.kind !== 'map') return;
  for (const [key, entry] of node.entries) {
    const word = dictionaries.has(pattern) ? '*' : key;
    visit(entry.node, entry.keyAt, `${pattern}.${word}`, `${path}.${key}`, report);
  }
}

/** Drivers that mean what is here. */
function isUsual(node: ComposeNode): boolean {
  return node.kind === 'scalar' && (node.value === 'local' || node.value === 'bridge' || node.value === 'default');
}

/** Keys of which `false` asks for something. */
const askedByNo = new Set(['networks.*.enable_ipv4', 'services.*.attach']);

/** What is not asked for is not missed. */
function isNo(node: ComposeNode, pattern: string): boolean {
  return node.kind === 'scalar' && node.value === false && !askedByNo.has(pattern);
}

/** A default of the reader is nobody's wish. */
function isWritten(origins: readonly Origin[]): boolean {
  return origins[0]?.kind !== 'default';
}

function say(path: string, { consequence, severity }: (typeof ignoredKeys)[string], at: Place, report: Reporter): void {
  const message = `${path} has no effect here: ${consequence}`;
  if (severity === 'info') report.note('compose.ignored-key', at, message, { path });
  else report.warn('compose.ignored-key', at, message, { path });
}

/** Kinds of mounts and of shared namespaces that there are none of. */
function reportMounts(model: MapNode, report: Reporter): void {
  const services = model.entries.get('services')?.node;
  if (services?.kind !== 'map') return;
  for (const [name, { node }] of services.entries) {
    if (node.kind !== 'map') continue;
    const volumes = node.entries.get('volumes')?.node;
    for (const item of volumes?.kind === 'list' ? volumes.items : []) {
      const type = item.kind === 'map' ? item.entries.get('type')?.node : undefined;
      const value = type?.kind === 'scalar' ? String(type.value) : '';
      if (['image', 'cluster', 'npipe'].includes(value)) {
        const message = `services.${name}.volumes: mounts of type ${value} are left out`;
        report.warn('compose.ignored-key', item.at, message, { path: `services.${name}.volumes` });
      }
    }
    const ports = node.entries.get('ports')?.node;
    for (const item of ports?.kind === 'list' ? ports.items : []) {
      const protocol = item.kind === 'map' ? item.entries.get('protocol')?.node : undefined;
      if (protocol?.kind !== 'scalar' || String(protocol.value).toLowerCase() !== 'sctp') continue;
      const path = `services.${name}.ports`;
      report.warn('compose.ignored-key', item.at, `${path}: SCTP ports are not published`, { path });
    }
    for (const key of ['network_mode', 'pid', 'ipc', 'uts']) reportShared(node, name, key, report);
  }
}

function reportShared(service: MapNode, name: string, key: string, report: Reporter): void {
  const entry = service.entries.get(key);
  const value = entry?.node.kind === 'scalar' ? String(entry.node.value) : '';
  const isShared = key !== 'network_mode' && value.startsWith('service:');
  if (entry === undefined || (!isShared && !value.startsWith('container:'))) return;
  const path = `services.${name}.${key}`;
  const message = `${path} has no effect here: the service has a namespace of its own`;
  report.warn('compose.ignored-key', entry.keyAt, message, { path });
}
