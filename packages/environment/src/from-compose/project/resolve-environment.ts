import type { LookUp, Variable } from '../interpolation/substitute.ts';
import type { ComposeFiles } from '../load/files.ts';
import { readVariableFiles } from '../load/variables.ts';
import type { Reporter } from '../report.ts';
import {
  type Entry,
  listAt,
  type MapNode,
  makeMap,
  makeScalar,
  mapAt,
  mapOf,
  scalarAt,
  textAt,
  withEntry,
  withoutEntry,
} from '../tree/node.ts';

interface Options {
  readonly files: ComposeFiles;
  readonly report: Reporter;
  readonly lookUp: LookUp;
}

/**
 * The variables of each service, those of its files under those it writes itself, and labels likewise (Compose
 * Specification, env_file and label_file). Each knows its file and line. Gives `compose.env-file`.
 */
export function resolveEnvironments(model: MapNode, options: Options): MapNode {
  let result = model;
  for (const section of ['services', 'jobs']) {
    const services = mapAt(result, section);
    if (services === undefined) continue;
    const entries = [...services.entries].map(([name, entry]): [string, Entry] => [
      name,
      entry.node.kind === 'map'
        ? { ...entry, node: resolveLabels(resolveVariables(entry.node, options), options) }
        : entry,
    ]);
    result = withEntry(result, section, makeMap(entries, services));
  }
  return result;
}

function resolveVariables(service: MapNode, { files, report, lookUp }: Options): MapNode {
  const envFiles = listAt(service, 'env_file');
  if (envFiles === undefined) return service;
  const own = mapAt(service, 'environment') ?? mapOf(envFiles, {});
  const lookUpAll: LookUp = (name) => lookUp(name) ?? ownVariable(own, name);
  const merged = new Map<string, Entry>();
  for (const item of envFiles.items) {
    const format = textAt(item, 'format');
    const isRequired = scalarAt(item, 'required')?.value !== false;
    const file = { path: textAt(item, 'path') ?? '', isRequired, ...(format === undefined ? {} : { format }) };
    const read = readVariableFiles([file], { files, report, lookUp: lookUpAll, namedAt: item.at });
    for (const [name, variable] of read) merged.set(name, toEntry(variable, item.at.file));
  }
  for (const [name, entry] of own.entries) merged.set(name, entry);
  const environment = makeMap(merged, own);
  const plain = withoutEntry(service, 'env_file');
  return merged.size === 0 ? plain : withEntry(plain, 'environment', environment);
}

function ownVariable(own: MapNode, name: string): Variable | undefined {
  const value = scalarAt(own, name)?.value;
  return value === undefined || value === null ? undefined : { value: String(value) };
}

function resolveLabels(service: MapNode, { files, report }: Options): MapNode {
  const labelFiles = listAt(service, 'label_file');
  if (labelFiles === undefined) return service;
  const own = mapAt(service, 'labels') ?? mapOf(labelFiles, {});
  const merged = new Map<string, Entry>();
  for (const item of labelFiles.items) {
    const path = scalarAt(item)?.value;
    const read = readVariableFiles([{ path: String(path), isRequired: true }], {
      files,
      report,
      lookUp: () => undefined,
      namedAt: item.at,
    });
    for (const [name, variable] of read) merged.set(name, toEntry(variable, item.at.file));
  }
  for (const [name, entry] of own.entries) merged.set(name, entry);
  return withEntry(service, 'labels', makeMap(merged, own));
}

function toEntry({ value, file = '', line = 1 }: Variable, fallback: string): Entry {
  const at = { file: file === '' ? fallback : file, line, column: 1, endColumn: 2 };
  const base = mapOf(
    { kind: 'scalar', value: null, at, origins: [{ kind: 'file', file: at.file, line, column: 1 }] },
    {},
  );
  return { keyAt: at, node: makeScalar(value, base) };
}
