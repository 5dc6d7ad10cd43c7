import { type ComposeNode, type MapNode } from '../tree/node.ts';
import { compareNames } from './compare-names.ts';
import { type LayoutName, layouts, type OutputField } from './output-table.ts';

/** A value in the order it is printed in: maps are `Map`. */
export type Output = string | number | boolean | null | readonly Output[] | ReadonlyMap<string, Output>;

interface Style {
  readonly isJson: boolean;
}

/** A project's tree, or a part of it, as it is printed: keys in docker compose's order, what is empty left out. */
export function layOut(model: MapNode, style: Style, layout: LayoutName = 'project'): Output {
  return layOutMap(model, layout, style);
}

function layOutMap(node: MapNode, name: LayoutName, style: Style): ReadonlyMap<string, Output> {
  const fields: readonly OutputField[] = layouts[name];
  const known = new Set(fields.map(({ key }) => key));
  const result = new Map<string, Output>();
  for (const field of fields) {
    const found = node.entries.get(field.key)?.node;
    const value = found === undefined ? undefined : layOutField(found, field, style);
    if (isKept(value, field, style))
      result.set(field.key, value ?? (field.layout === undefined ? null : emptyPart(field, style)));
  }
  // Keys of users' own stand last, and in JSON only beside the project's.
  if (style.isJson && name !== 'project') return result;
  const own = [...node.entries.keys()].filter((key) => !known.has(key)).sort(compareNames);
  for (const key of own) {
    const found = node.entries.get(key)?.node;
    if (found !== undefined) result.set(key, sortKeys(found, style));
  }
  return result;
}

/** In JSON, parts that are not written are there all the same, and `command` is null. */
function emptyPart(field: OutputField, style: Style): Output {
  const own: readonly OutputField[] = field.layout === undefined ? [] : layouts[field.layout];
  const kept = own.filter(({ omitted }) => omitted === 'never' && style.isJson);
  return new Map(kept.map(({ key }) => [key, null]));
}

function layOutField(node: ComposeNode, field: OutputField, style: Style): Output {
  const { layout, of } = field;
  if (layout === undefined) return sortKeys(node, style);
  const lay = (value: ComposeNode): Output =>
    value.kind === 'map' ? layOutMap(value, layout, style) : sortKeys(value, style);
  if (of === 'items' && node.kind === 'list') return node.items.map(lay);
  if (of === 'values' && node.kind === 'map') {
    const names = [...node.entries.keys()].sort(style.isJson ? compareBytes : compareNames);
    return new Map(names.map((name) => [name, lay(node.entries.get(name)?.node ?? node)]));
  }
  return lay(node);
}

function isKept(value: Output | undefined, field: OutputField, style: Style): boolean {
  if (field.omitted === 'never') return style.isJson || (value !== undefined && value !== null);
  if (field.omitted === 'absent') {
    const isTrueDefault = field.key === 'create_host_path' && value === true;
    return value !== undefined && value !== null && !isTrueDefault;
  }
  return (field.isKeptInJson === true && style.isJson) || !isEmpty(value);
}

function isEmpty(value: Output | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  if (value === '0') return false;
  if (Array.isArray(value)) return value.length === 0;
  return value instanceof Map && value.size === 0;
}

function sortKeys(node: ComposeNode, style: Style): Output {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map((item) => sortKeys(item, style));
  const names = [...node.entries.keys()].sort(style.isJson ? compareBytes : compareNames);
  return new Map(names.map((name) => [name, sortKeys(node.entries.get(name)?.node ?? node, style)]));
}

function compareBytes(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The tree as it stands, every map by its keys. */
export function layOutPlain(node: ComposeNode, style: Style): Output {
  return sortKeys(node, style);
}
