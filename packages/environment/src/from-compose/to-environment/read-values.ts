import type { Ulimit } from '../../service-types.ts';
import type { EnvVariable } from '../../types.ts';
import { type ComposeNode, listAt, type MapNode, mapAt, scalarAt } from '../tree/node.ts';
import { parseBytes } from '../values/bytes.ts';
import { parseDuration } from '../values/duration.ts';
import type { Notes } from './notes.ts';

/** A text; a number or a boolean as it is printed. */
export function readText(node: ComposeNode | undefined, ...keys: readonly string[]): string | undefined {
  const value = scalarAt(node, ...keys)?.value;
  return value === undefined || value === null ? undefined : String(value);
}

export function readNumber(node: ComposeNode | undefined, ...keys: readonly string[]): number | undefined {
  const value = scalarAt(node, ...keys)?.value;
  return typeof value === 'number' ? value : undefined;
}

export function readFlag(node: ComposeNode | undefined, ...keys: readonly string[]): boolean {
  return scalarAt(node, ...keys)?.value === true;
}

export function readTexts(node: ComposeNode | undefined, ...keys: readonly string[]): readonly string[] {
  return (listAt(node, ...keys)?.items ?? []).flatMap((item) => readText(item) ?? []);
}

/** Undefined for nothing and for zero, which means no limit. */
export function readBytes(node: ComposeNode | undefined, ...keys: readonly string[]): number | undefined {
  const text = readText(node, ...keys);
  const bytes = text === undefined ? undefined : parseBytes(text);
  return bytes === undefined || bytes <= 0 ? undefined : bytes;
}

export function readMilliseconds(node: ComposeNode | undefined, ...keys: readonly string[]): number | undefined {
  const text = readText(node, ...keys);
  const nanoseconds = text === undefined ? undefined : parseDuration(text);
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1_000_000;
}

/** Thousandths of a processor. */
export function readMillis(node: ComposeNode | undefined, ...keys: readonly string[]): number | undefined {
  const cpus = readNumber(node, ...keys);
  return cpus === undefined || cpus <= 0 ? undefined : Math.round(cpus * 1000);
}

/** A map of texts as variables, each noted; those without a value are left out. */
export function readVariables(node: ComposeNode | undefined, path: string, notes: Notes): readonly EnvVariable[] {
  return [...(mapAt(node)?.entries ?? [])].flatMap(([name, { node: value }]) => {
    const text = readText(value);
    if (text === undefined) return [];
    notes.note(`${path}.${name}`, value);
    return [{ name, value: text }];
  });
}

/** Only what is there: the optional fields of a model. */
export function present<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  // The entries that are left have no undefined among them.
  return Object.fromEntries(entries) as { [Key in keyof Value]: Exclude<Value[Key], undefined> };
}

/** Limits of setrlimit(2), each noted. */
export function readUlimits(node: MapNode, path: string, notes: Notes): readonly Ulimit[] {
  return [...(mapAt(node, 'ulimits')?.entries ?? [])].map(([name, { node: limit }]) => {
    notes.note(`${path}.ulimits.${name}`, limit);
    const single = readNumber(limit);
    return { name, soft: single ?? readNumber(limit, 'soft') ?? 0, hard: single ?? readNumber(limit, 'hard') ?? 0 };
  });
}
