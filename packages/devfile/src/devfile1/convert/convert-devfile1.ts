import type { Attributes, Devfile, DocumentPath, Metadata, Origin } from '../../types.ts';
import type { Manifests } from '../manifest/open-manifests.ts';
import type { Devfile1 } from '../types.ts';
import { convertCommands } from './commands.ts';
import { convertContainer } from './containers.ts';
import { Conversion, type ConversionInput, type Loss } from './conversion.ts';
import { convertEditor } from './editor.ts';
import { convertManifest } from './manifests.ts';
import { convertProjects } from './projects.ts';

/** A devfile 1.0.0 in the words of 2.x. */
export interface Converted {
  readonly devfile: Devfile;
  /** What is not in it, or in another form; nothing is left out unsaid. */
  readonly losses: readonly Loss[];
  /** Where the value at a path of the result stands in the source. */
  readonly originsOf: (path: DocumentPath) => readonly Origin[];
  /** The containers, by the index of the component they were made from. */
  readonly containers: ReadonlyMap<number, string>;
  /** What volumes are called, by their names in the source. */
  readonly volumes: ReadonlyMap<string, string>;
}

const schemaVersion = '2.2.2';

/**
 * Writes a devfile 1.0.0 as one of 2.x (devfile-v1-che 2.6): valid by the rules of that format, each value meaning what it
 * meant. What the later format has no field for stays as an attribute, under the name that editors look for or `devfile1/...`.
 * Pure; manifests are those that were read with the devfile.
 */
export function convertDevfile1(input: ConversionInput & { readonly manifests: Manifests }): Converted {
  const conversion = new Conversion(input);
  const { components = [] } = input.devfile;
  conversion.byRule(['schemaVersion'], 'it is read as a devfile 2.x');
  for (const [index, component] of components.entries()) {
    if (component.type === 'dockerimage') convertContainer(conversion, component, index);
    if (component.type === 'kubernetes' || component.type === 'openshift') {
      convertManifest(conversion, component, index, input.manifests);
    }
  }
  for (const [name, given] of conversion.volumes) addVolume(conversion, name, given);
  const { commands, attributes: ofCommands } = convertCommands(conversion);
  const projects = convertProjects(conversion);
  const attributes = { ...convertAttributes(conversion), ...convertEditor(conversion), ...ofCommands };
  const devfile: Devfile = {
    schemaVersion,
    metadata: convertMetadata(conversion),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    ...(projects.length === 0 ? {} : { projects }),
    ...(conversion.components.length === 0 ? {} : { components: conversion.components }),
    ...(commands.length === 0 ? {} : { commands }),
  };
  return {
    devfile,
    losses: conversion.losses,
    originsOf: (path) => conversion.originsOf(path),
    containers: conversion.containers,
    volumes: conversion.volumes,
  };
}

/** Where the source mounts a volume first. */
function addVolume(conversion: Conversion, name: string, given: string): void {
  const { components = [] } = conversion.input.devfile;
  const index = components.findIndex(({ volumes = [] }) => volumes.some((volume) => volume.name === name));
  const mount = components[index]?.volumes?.findIndex((volume) => volume.name === name) ?? 0;
  conversion.from(['components', conversion.components.length], ['components', index, 'volumes', mount]);
  conversion.components.push({ name: given, volume: {} });
}

function convertMetadata(conversion: Conversion): Metadata {
  const { name, generateName = '' } = conversion.input.devfile.metadata;
  conversion.from(['metadata'], ['metadata']);
  if (name !== undefined) return { name };
  conversion.from(['metadata', 'name'], ['metadata', 'generateName']);
  const made = generateName.replace(/[-_.]+$/, '');
  return { name: made === '' ? generateName : made };
}

const storageType = 'controller.devfile.io/storage-type';

/** The attributes as they are; of those that say whether volumes are kept, also what says it there. */
function convertAttributes(conversion: Conversion): Attributes {
  const { attributes = {}, metadata } = conversion.input.devfile;
  const made: Record<string, unknown> = { ...attributes };
  conversion.from(['attributes'], ['attributes']);
  if (metadata.name === undefined && metadata.generateName !== undefined) {
    made['devfile1/generateName'] = metadata.generateName;
    conversion.from(['attributes', 'devfile1/generateName'], ['metadata', 'generateName']);
  }
  const isKept = attributes['persistVolumes']?.toLowerCase() !== 'false';
  const type = storageTypeOf(attributes, isKept);
  if (type !== undefined && made[storageType] === undefined) {
    made[storageType] = type;
    conversion.from(['attributes', storageType], ['attributes', 'persistVolumes']);
  }
  return made;
}

function storageTypeOf(attributes: NonNullable<Devfile1['attributes']>, isKept: boolean): string | undefined {
  if (isKept) return undefined;
  return attributes['asyncPersist']?.toLowerCase() === 'true' ? 'async' : 'ephemeral';
}
