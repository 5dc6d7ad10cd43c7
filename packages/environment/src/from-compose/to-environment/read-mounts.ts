import type { BindMount, ServiceFile, TmpfsMount } from '../../service-types.ts';
import type { Volume, VolumeMount } from '../../types.ts';
import type { Reporter } from '../report.ts';
import { type ComposeNode, listAt, type MapNode, nodeAt, scalarAt } from '../tree/node.ts';
import { parseBytes } from '../values/bytes.ts';
import { cleanPath, joinPath } from '../values/paths.ts';
import type { Notes } from './notes.ts';
import { present, readBytes, readFlag, readNumber, readText } from './read-values.ts';

interface Mounts {
  readonly mounts: readonly VolumeMount[];
  /** Volumes that no service names, made for this one. */
  readonly anonymous: readonly Volume[];
  readonly binds: readonly BindMount[];
  readonly tmpfs: readonly TmpfsMount[];
}

interface Owner {
  readonly name: string;
  /** Of the container in the model. */
  readonly path: string;
  readonly notes: Notes;
  readonly report: Reporter;
}

/** What a service mounts: volumes, folders and files of the machine, and memory (Compose Specification, volumes and tmpfs). */
export function readMounts(service: MapNode, { name, path, notes, report }: Owner): Mounts {
  const mounts: VolumeMount[] = [];
  const anonymous: Volume[] = [];
  const binds: BindMount[] = [];
  const tmpfs: TmpfsMount[] = [];
  const counts = new Map<string, number>();
  for (const item of listAt(service, 'volumes')?.items ?? []) {
    const target = cleanPath(readText(item, 'target') ?? '');
    if (!target.startsWith('/')) {
      report.error('compose.value', item.at, `services.${name}.volumes: ${target} is no absolute path to mount at`);
      continue;
    }
    const type = readText(item, 'type');
    const isReadOnly = readFlag(item, 'read_only');
    if (type === 'bind') {
      notes.note(`${path}.service.binds.${target}`, item);
      const source = readText(item, 'source') ?? '';
      const createNode = nodeAt(item, 'bind', 'create_host_path');
      const createSource = nodeAt(item, 'bind') !== undefined && scalarAt(createNode)?.value !== false;
      binds.push({ source, path: target, readOnly: isReadOnly, createSource });
    } else if (type === 'tmpfs') {
      notes.note(`${path}.service.tmpfs.${target}`, item);
      tmpfs.push({
        path: target,
        ...present({ sizeBytes: readBytes(item, 'tmpfs', 'size'), mode: readNumber(item, 'tmpfs', 'mode') }),
      });
    } else if (type === 'volume') {
      const source = readText(item, 'source') ?? nameAnonymous(name, target);
      if (nodeAt(item, 'source') === undefined) {
        anonymous.push({ name: source, ephemeral: false, anonymous: true });
        notes.note(`volumes.${source}`, item);
      }
      const count = (counts.get(source) ?? 0) + 1;
      counts.set(source, count);
      notes.note(`${path}.mounts.${count === 1 ? source : `${source}#${count}`}`, item);
      mounts.push({
        volume: source,
        path: target,
        ...(isReadOnly ? { readOnly: true } : {}),
        ...present({ subPath: readText(item, 'volume', 'subpath') }),
      });
    }
  }
  for (const item of listAt(service, 'tmpfs')?.items ?? []) {
    const mount = readTmpfs(readText(item) ?? '');
    notes.note(`${path}.service.tmpfs.${mount.path}`, item);
    tmpfs.push(mount);
  }
  return { mounts, anonymous, binds, tmpfs };
}

/** Letters a volume's name may have, so that it is the same each time. */
function nameAnonymous(service: string, target: string): string {
  return `${service}-${target.slice(1).replace(/[^a-zA-Z0-9_-]+/g, '-') || 'root'}`;
}

/** `PATH:size=64m,mode=1777`. */
function readTmpfs(text: string): TmpfsMount {
  const [path = '', options = ''] = text.split(':', 2);
  const read = (key: string) =>
    options
      .split(',')
      .find((option) => option.startsWith(`${key}=`))
      ?.slice(key.length + 1);
  const size = read('size');
  const mode = read('mode');
  return {
    path: cleanPath(path),
    ...present({
      sizeBytes: size === undefined ? undefined : parseBytes(size),
      mode: mode === undefined || !/^[0-7]+$/.test(mode) ? undefined : Number.parseInt(mode, 8),
    }),
  };
}

/** Secrets and configs as files; a config without a target has its own name in the root folder. */
export function readFiles(
  service: MapNode,
  key: 'secrets' | 'configs',
  path: string,
  notes: Notes,
): readonly ServiceFile[] {
  return (listAt(service, key)?.items ?? []).map((item: ComposeNode) => {
    const source = readText(item, 'source') ?? '';
    const folder = key === 'secrets' ? '/run/secrets' : '/';
    const target = joinPath(folder, readText(item, 'target') ?? source);
    notes.note(`${path}.${key}.${target}`, item);
    const mode = readText(item, 'mode');
    return {
      source,
      path: target,
      ...present({
        uid: readText(item, 'uid'),
        gid: readText(item, 'gid'),
        mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
      }),
    };
  });
}
