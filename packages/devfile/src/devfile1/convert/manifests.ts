import type { Attributes, DocumentPath, ManifestComponent } from '../../types.ts';
import type { Manifests } from '../manifest/open-manifests.ts';
import type { ManifestObject } from '../manifest/types.ts';
import type { Component1 } from '../types.ts';
import type { Conversion } from './conversion.ts';
import { convertEndpoints } from './endpoints.ts';
import { nameFromFile } from './name-from-image.ts';

/** Fields that change what a manifest runs, and that a component of the later format does not have. */
const leftFields = [
  'env',
  'volumes',
  'mountSources',
  'memoryLimit',
  'memoryRequest',
  'cpuLimit',
  'cpuRequest',
  'automountWorkspaceSecrets',
] as const satisfies readonly (keyof Component1)[];

/** A manifest as a component with the objects that are selected, entrypoints put in; it is deployed with the workspace. */
export function convertManifest(
  conversion: Conversion,
  component: Component1,
  index: number,
  manifests: Manifests,
): void {
  const at: DocumentPath = ['components', index];
  const { alias, reference, type } = component;
  const kind = type === 'openshift' ? 'openshift' : 'kubernetes';
  const name =
    alias === undefined
      ? conversion.names.components.take(nameFromFile(reference ?? ''))
      : conversion.name('components', alias, [...at, 'alias']);
  const path = ['components', conversion.components.length];
  const below = [...path, kind];
  const { endpoints, attributes } = convertEndpoints(conversion, component, at, below);
  const objects = manifests.get(index);
  const left: Record<string, unknown> = {};
  const unapplied = objects === undefined ? (['selector', 'entrypoints'] as const) : [];
  for (const field of [...leftFields, ...unapplied]) {
    const value = component[field];
    if (value === undefined || value === false) continue;
    left[field] = value;
    conversion.drop(
      'cluster',
      [...at, field],
      `${field} of ${name} is an attribute, which nothing applies to the manifest`,
    );
  }
  const all: Attributes = { ...attributes, ...(Object.keys(left).length === 0 ? {} : { 'devfile1/component': left }) };
  conversion.components.push({
    name,
    ...(Object.keys(all).length === 0 ? {} : { attributes: all }),
    [kind]: {
      ...writeManifest(component, objects),
      deployByDefault: true,
      ...(endpoints.length === 0 ? {} : { endpoints }),
    } satisfies ManifestComponent,
  });
  conversion.from(path, at);
  conversion.from(below, at);
  conversion.byRule([...below, 'deployByDefault'], 'a manifest is deployed with the workspace');
}

function writeManifest(
  { reference, referenceContent = '' }: Component1,
  objects: readonly ManifestObject[] | undefined,
): Pick<ManifestComponent, 'uri' | 'inlined'> {
  if (objects === undefined) return reference === undefined ? { inlined: referenceContent } : { uri: reference };
  const items = objects.map(({ value }) => value);
  // JSON is YAML.
  return { inlined: `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n` };
}
