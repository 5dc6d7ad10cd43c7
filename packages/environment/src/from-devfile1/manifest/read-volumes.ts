import type { DocumentPath, ManifestObject, Volume1 } from '@devstead/devfile';
import type { ContainerFile } from '../../types.ts';
import type { ContainerExtras, Expansion, Placed } from '../expansion.ts';
import { type Catalog, type DataObject, readClaimSize } from './data-objects.ts';
import { readAt, readList, readText } from './read-value.ts';

/** What a container of a manifest mounts. */
export interface ManifestMounts {
  readonly volumes: readonly { readonly volume: Volume1; readonly path: DocumentPath }[];
  readonly files: readonly Placed<ContainerFile>[];
  readonly mounts: ContainerExtras['mounts'];
  /** The folder at which it has the sources. */
  readonly hasSources: boolean;
}

interface Mounting {
  readonly expansion: Expansion;
  readonly object: ManifestObject;
  readonly podSpec: DocumentPath;
  readonly catalog: Catalog;
}

/**
 * The mounts of a container: claims and empty folders are volumes, ConfigMaps and Secrets read-only files, and the volume
 * `projects` that no pod declares is the sources. Anything else gives `environment.object-part`.
 */
export function readManifestMounts(mounting: Mounting, container: DocumentPath): ManifestMounts {
  const { object } = mounting;
  const declared = readList(object.value, ...mounting.podSpec, 'volumes');
  const volumes: ManifestMounts['volumes'][number][] = [];
  const files: Placed<ContainerFile>[] = [];
  const mounts = new Map<string, Placed<{ readOnly?: true; subPath?: string }>>();
  let hasSources = false;
  for (const [index, mount] of readList(object.value, ...container, 'volumeMounts').entries()) {
    const path = [...container, 'volumeMounts', index];
    const name = readText(mount, 'name') ?? '';
    const place = readText(mount, 'mountPath') ?? '';
    const at = declared.findIndex((volume) => readText(volume, 'name') === name);
    if (at === -1 && name === 'projects') {
      hasSources = true;
      continue;
    }
    const volumeAt = [...mounting.podSpec, 'volumes', at];
    const subPath = readText(mount, 'subPath');
    const data = findFiles(mounting, declared[at]);
    if (data !== undefined) {
      files.push(...placeFiles(mounting, data, { place, subPath, volume: declared[at], path: volumeAt }));
      continue;
    }
    const volume = nameVolume(mounting, { name, declared: declared[at], path: at === -1 ? path : volumeAt });
    if (volume === undefined) continue;
    volumes.push({ volume: { name: volume, containerPath: place }, path });
    const isReadOnly = readAt(mount, 'readOnly') === true;
    if (isReadOnly || subPath !== undefined) {
      const traits = {
        ...(isReadOnly ? { readOnly: true as const } : {}),
        ...(subPath === undefined ? {} : { subPath }),
      };
      mounts.set(place, { value: traits, origins: object.originsOf(path) });
    }
  }
  return { volumes, files, mounts, hasSources };
}

interface Files {
  readonly data: DataObject;
  readonly items: readonly unknown[];
}

function findFiles({ catalog, expansion, object }: Mounting, volume: unknown): Files | 'absent' | undefined {
  for (const [field, nameField, objects, kind] of [
    ['configMap', 'name', catalog.configMaps, 'ConfigMap'],
    ['secret', 'secretName', catalog.secrets, 'Secret'],
  ] as const) {
    const name = readText(volume, field, nameField);
    if (name === undefined) continue;
    const data = objects.get(name);
    if (data !== undefined) return { data, items: readList(volume, field, 'items') };
    if (readAt(volume, field, 'optional') !== true) {
      const message = `${object.kind} ${object.name} mounts the ${kind} ${name}, which is in no manifest of the devfile.`;
      expansion.report('environment.unknown-object', 'warning', object.originsOf([]), message);
    }
    return 'absent';
  }
  return undefined;
}

interface FilesMount {
  readonly place: string;
  readonly subPath: string | undefined;
  readonly volume: unknown;
  readonly path: DocumentPath;
}

/** Each key is a file in the folder; with `subPath` one of them is the mount itself. */
function placeFiles({ object }: Mounting, files: Files | 'absent', mount: FilesMount): Placed<ContainerFile>[] {
  if (files === 'absent') return [];
  const { data, items } = files;
  const named =
    items.length === 0
      ? [...data.texts.keys()].map((key) => ({ key, file: key }))
      : items.map((item) => ({ key: readText(item, 'key') ?? '', file: readText(item, 'path') ?? '' }));
  return named.flatMap(({ key, file }): Placed<ContainerFile>[] => {
    const text = data.texts.get(key);
    const isChosen = mount.subPath === undefined || mount.subPath === file;
    if (text === undefined || !isChosen || file.split('/').includes('..') || file.startsWith('/')) return [];
    const path = mount.subPath === undefined ? `${mount.place.replace(/\/+$/, '')}/${file}` : mount.place;
    const origins = [...data.object.originsOf(['data', key]), ...object.originsOf(mount.path)];
    return [{ value: { path, text }, origins }];
  });
}

interface NamedVolume {
  readonly name: string;
  readonly declared: unknown;
  readonly path: DocumentPath;
}

/** The volume of the environment that a pod's volume is; nothing for one that only a cluster has. */
function nameVolume(
  { expansion, object, catalog }: Mounting,
  { name, declared, path }: NamedVolume,
): string | undefined {
  const claim = readText(declared, 'persistentVolumeClaim', 'claimName');
  if (claim !== undefined) {
    const found = catalog.claims.get(claim);
    const size = found === undefined ? undefined : readClaimSize(found);
    const origins = found?.originsOf(['spec', 'resources', 'requests', 'storage']) ?? object.originsOf(path);
    expansion.volumes.set(claim, { isEphemeral: false, origins, ...(size === undefined ? {} : { size }) });
    return claim;
  }
  if (readAt(declared, 'emptyDir') !== undefined) {
    const own = `${object.name}-${name}`;
    expansion.volumes.set(own, { isEphemeral: true, origins: object.originsOf(path) });
    return own;
  }
  const kind = Object.keys(Object(declared)).find((key) => key !== 'name') ?? 'nothing that is declared';
  const message = `The volume ${name} of ${object.kind} ${object.name} is not mounted: it is ${kind}.`;
  expansion.report('environment.object-part', 'warning', object.originsOf(path), message);
  return undefined;
}
