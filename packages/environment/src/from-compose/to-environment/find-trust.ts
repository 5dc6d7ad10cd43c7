import type { TrustNeed } from '../../service-types.ts';
import type { Reporter } from '../report.ts';
import { type ComposeNode, listAt, type MapNode, mapAt, nodeAt, textAt } from '../tree/node.ts';
import { cleanPath, isInFolder } from '../values/paths.ts';
import type { Notes } from './notes.ts';
import { readFlag, readText, readTexts } from './read-values.ts';

interface Found {
  readonly need: TrustNeed;
  readonly node: ComposeNode;
}

interface Scope {
  /** The service's path in the file (`services.web`). */
  readonly at: string;
  /** The service's path in the model. */
  readonly path: string;
  /** Absolute folder of the project. */
  readonly folder: string;
  readonly model: MapNode;
  readonly notes: Notes;
  readonly report: Reporter;
}

const namespaces = ['network_mode', 'pid', 'ipc', 'uts', 'userns_mode', 'cgroup'] as const;
const sockets =
  /(^|\/)(docker|podman|containerd|crio|buildkitd)\.sock$|(^|\/)(containerd|podman|buildkit)(\/|$).*\.sock$/;

/**
 * What a service asks for beyond its own folder and network, each with a diagnostic (`compose.needs-trust`): it is
 * asked for, or refused, before the service runs.
 */
export function findTrust(service: MapNode, scope: Scope): readonly TrustNeed[] {
  const found = [
    ...findPrivileges(service),
    ...findMounts(service, scope),
    ...findFiles(service, scope),
    ...findVariableFiles(service, scope),
    ...findWatched(service, scope),
  ];
  const counts = new Map<string, number>();
  for (const { need, node } of found) {
    const count = (counts.get(need.kind) ?? 0) + 1;
    counts.set(need.kind, count);
    scope.notes.note(`${scope.path}.trust.${count === 1 ? need.kind : `${need.kind}#${count}`}`, node);
    scope.report.warn('compose.needs-trust', node.at, `${scope.at} asks for ${need.detail}`, { path: scope.at });
  }
  return found.map(({ need }) => need);
}

function findPrivileges(service: MapNode): readonly Found[] {
  const found: Found[] = [];
  const add = (kind: TrustNeed['kind'], detail: string, node: ComposeNode | undefined) => {
    if (node !== undefined) found.push({ need: { kind, detail }, node });
  };
  if (readFlag(service, 'privileged')) add('privileged', 'every privilege (privileged)', nodeAt(service, 'privileged'));
  for (const key of namespaces) {
    const value = readText(service, key);
    if (value === 'host') add('host-namespace', `the machine's own namespace (${key}: host)`, nodeAt(service, key));
  }
  for (const item of listAt(service, 'cap_add')?.items ?? []) {
    add('capability', `the capability ${readText(item) ?? ''}`, item);
  }
  for (const item of listAt(service, 'security_opt')?.items ?? []) {
    const option = readText(item) ?? '';
    if (/unconfined|disable|no-new-privileges[:=]false|systempaths/.test(option)) {
      add('security-option', `less confinement (${option})`, item);
    }
  }
  for (const item of listAt(service, 'devices')?.items ?? []) {
    add('device', `the device ${readText(item, 'source') ?? ''}`, item);
  }
  if (listAt(service, 'gpus') !== undefined) add('device', 'the graphics processors (gpus)', nodeAt(service, 'gpus'));
  if (readFlag(service, 'use_api_socket')) {
    add('engine-socket', 'the socket of a container engine (use_api_socket)', nodeAt(service, 'use_api_socket'));
  }
  return found;
}

function findMounts(service: MapNode, { folder, model }: Scope): readonly Found[] {
  return (listAt(service, 'volumes')?.items ?? []).flatMap((item): Found[] => {
    const type = textAt(item, 'type');
    const volume = type === 'volume' ? mapAt(model, 'volumes', textAt(item, 'source') ?? '') : undefined;
    const isBoundVolume = readText(volume, 'driver_opts', 'o')?.split(',').includes('bind') === true;
    const source =
      type === 'bind'
        ? readText(item, 'source')
        : isBoundVolume
          ? readText(volume, 'driver_opts', 'device')
          : undefined;
    if (source === undefined) return [];
    const path = cleanPath(source);
    if (sockets.test(path)) {
      return [{ need: { kind: 'engine-socket', detail: `the socket of a container engine (${path})` }, node: item }];
    }
    return isInFolder(path, folder) ? [] : [{ need: outside(path), node: item }];
  });
}

/** Files outside the project that secrets and configs show a service. */
function findFiles(service: MapNode, { folder, model }: Scope): readonly Found[] {
  return (['secrets', 'configs'] as const).flatMap((section) =>
    (listAt(service, section)?.items ?? []).flatMap((item): Found[] => {
      const file = readText(mapAt(model, section, readText(item, 'source') ?? ''), 'file');
      if (file === undefined || isInFolder(cleanPath(file), folder)) return [];
      return [{ need: outside(cleanPath(file)), node: item }];
    }),
  );
}

/**
 * Files outside the project that variables and labels come from; those of the project have names relative to it. The place is
 * that of the service: a line of such a file may be a secret, and would be shown.
 */
function findVariableFiles(service: MapNode, { folder }: Scope): readonly Found[] {
  const files = new Map<string, ComposeNode>();
  for (const key of ['environment', 'labels']) {
    const map = mapAt(service, key);
    for (const { node } of map?.entries.values() ?? []) files.set(node.at.file, map ?? service);
  }
  return [...files].flatMap(([file, map]): Found[] => {
    if (!file.startsWith('/') || isInFolder(cleanPath(file), folder)) return [];
    return [{ need: outside(cleanPath(file)), node: map.at.file === file ? service : map }];
  });
}

/** Files outside the project that `develop.watch` brings into a service. */
function findWatched(service: MapNode, { folder }: Scope): readonly Found[] {
  return (listAt(service, 'develop', 'watch')?.items ?? []).flatMap((item): Found[] => {
    const path = cleanPath(readText(item, 'path') ?? folder);
    const isCopied = readText(item, 'action')?.startsWith('sync') === true;
    return !isCopied || isInFolder(path, folder) ? [] : [{ need: outside(path), node: item }];
  });
}

function outside(path: string): TrustNeed {
  return { kind: 'outside-project', detail: `${path}, which is outside the project` };
}

/** Names of capabilities as they are compared: capitals, without `CAP_`. */
export function normalizeCapabilities(service: MapNode, key: 'cap_add' | 'cap_drop'): readonly string[] {
  return readTexts(service, key).map((name) => name.toUpperCase().replace(/^CAP_/, ''));
}
