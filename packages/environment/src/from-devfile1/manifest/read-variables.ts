import type { DocumentPath, ManifestObject, Origin } from '@devstead/devfile';
import type { Expansion } from '../expansion.ts';
import type { Catalog, DataObject } from './data-objects.ts';
import { readAt, readList, readText } from './read-value.ts';

/** A variable of a container, and where its value stands. */
export interface PlacedVariable {
  readonly name: string;
  readonly value: string;
  readonly origins: readonly Origin[];
}

/**
 * The variables of a container of a manifest: those of `envFrom`, then those of `env`, of which the last of a name counts.
 * What names something that is not there, or a fact of the cluster, gives `environment.unknown-object` or
 * `environment.object-part`.
 */
export function readManifestVariables(
  expansion: Expansion,
  object: ManifestObject,
  container: DocumentPath,
  catalog: Catalog,
): readonly PlacedVariable[] {
  const found = new Map<string, PlacedVariable>();
  const add = (variable: PlacedVariable): void => {
    found.delete(variable.name);
    found.set(variable.name, variable);
  };
  const { value } = object;
  for (const [index, source] of readList(value, ...container, 'envFrom').entries()) {
    const path = [...container, 'envFrom', index];
    const prefix = readText(source, 'prefix') ?? '';
    const data = findData(source, 'Ref', catalog);
    if (data === undefined || !('object' in data)) {
      if (data !== undefined)
        reportUnknown(expansion, object, path, data.named, readAt(source, data.field, 'optional'));
      continue;
    }
    for (const [key, text] of data.texts) {
      add({
        name: prefix + key,
        value: text,
        origins: [...data.object.originsOf(['data', key]), ...object.originsOf(path)],
      });
    }
  }
  for (const [index, variable] of readList(value, ...container, 'env').entries()) {
    const path = [...container, 'env', index];
    const name = readText(variable, 'name');
    if (name === undefined || name === '') continue;
    const from = readAt(variable, 'valueFrom');
    if (from === undefined) {
      add({ name, value: readText(variable, 'value') ?? '', origins: object.originsOf([...path, 'value']) });
      continue;
    }
    const read = readReference(expansion, { object, path, name, from }, catalog);
    if (read !== undefined) add(read);
  }
  return [...found.values()];
}

interface Reference {
  readonly object: ManifestObject;
  readonly path: DocumentPath;
  readonly name: string;
  readonly from: unknown;
}

function readReference(expansion: Expansion, reference: Reference, catalog: Catalog): PlacedVariable | undefined {
  const { object, path, name, from } = reference;
  const origins = object.originsOf([...path, 'valueFrom']);
  const field = readText(from, 'fieldRef', 'fieldPath');
  if (field === 'metadata.name') return { name, value: object.name, origins };
  if (field === 'metadata.namespace') return { name, value: 'default', origins };
  const data = findData(from, 'KeyRef', catalog);
  if (data === undefined) {
    const what = field ?? Object.keys(Object(from))[0] ?? 'nothing';
    expansion.report(
      'environment.object-part',
      'warning',
      origins,
      `${name} is not set: ${what} is a fact of a cluster.`,
    );
    return undefined;
  }
  if (!('object' in data)) {
    reportUnknown(expansion, object, path, data.named, readAt(from, data.field, 'optional'));
    return undefined;
  }
  const key = readText(from, data.field, 'key') ?? '';
  const value = data.texts.get(key);
  if (value !== undefined) return { name, value, origins: [...data.object.originsOf(['data', key]), ...origins] };
  reportUnknown(expansion, object, path, `the key ${key} in ${data.object.name}`, readAt(from, data.field, 'optional'));
  return undefined;
}

type FoundData = (DataObject & { readonly field: string }) | { readonly named: string; readonly field: string };

/** The ConfigMap or Secret that a source names; undefined where it names something else. */
function findData(source: unknown, suffix: 'Ref' | 'KeyRef', { configMaps, secrets }: Catalog): FoundData | undefined {
  for (const [field, objects, kind] of [
    [`configMap${suffix}`, configMaps, 'ConfigMap'],
    [`secret${suffix}`, secrets, 'Secret'],
  ] as const) {
    const name = readText(source, field, 'name');
    if (name === undefined) continue;
    const found = objects.get(name);
    return found === undefined ? { named: `the ${kind} ${name}`, field } : { ...found, field };
  }
  return undefined;
}

function reportUnknown(
  expansion: Expansion,
  object: ManifestObject,
  path: DocumentPath,
  what: string,
  optional: unknown,
): void {
  if (optional === true) return;
  const message = `${object.kind} ${object.name} names ${what}, which is in no manifest of the devfile.`;
  expansion.report('environment.unknown-object', 'warning', object.originsOf(path), message);
}
