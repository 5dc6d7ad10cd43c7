import { getAt } from './document-path.ts';
import { resolveAddress } from './flatten/resolve-address.ts';
import { makeLimits } from './limits.ts';
import { LineIndex } from './line-index.ts';
import { readText } from './read-text.ts';
import type { DocumentPath } from './types.ts';

/** Addresses in a devfile that may be relative to it. */
const uriPatterns: readonly (readonly string[])[] = [
  ['parent', 'uri'],
  ['components', '*', 'plugin', 'uri'],
  ['components', '*', 'kubernetes', 'uri'],
  ['components', '*', 'openshift', 'uri'],
  ['components', '*', 'image', 'dockerfile', 'uri'],
  // Of 1.0.0, and of the drafts before it.
  ['components', '*', 'reference'],
  ['components', '*', 'local'],
  ['tools', '*', 'reference'],
  ['tools', '*', 'local'],
  ['commands', '*', 'actions', '*', 'reference'],
];

/**
 * The text of a devfile from the web with its relative addresses written in full, so that it means the same wherever it is
 * put. Everything else stays as it is, and so do addresses with variables in them and a text that cannot be read.
 * @param location Where the text came from.
 */
export async function makeAbsoluteUris(text: string, location: string): Promise<string> {
  const { value, positions } = await readText(text, '', makeLimits());
  const lines = new LineIndex(text);
  const changes: { readonly start: number; readonly end: number; readonly address: string }[] = [];
  for (const path of uriPatterns.flatMap((pattern) => findPaths(value, pattern))) {
    const uri = getAt(value, path);
    if (typeof uri !== 'string' || /^[a-z][a-z0-9+.-]*:|\{\{/i.test(uri)) continue;
    const resolution = resolveAddress(uri, location);
    const address = 'addresses' in resolution ? resolution.addresses[0] : undefined;
    const { line, column, endColumn } = positions.locate(path);
    const start = lines.offsetOf(line) + column - 1;
    const written = text.slice(start, start + endColumn - column);
    const isPlain = [uri, `'${uri}'`, JSON.stringify(uri)].includes(written);
    if (address !== undefined && isPlain) changes.push({ start, end: start + written.length, address });
  }
  let result = '';
  let end = 0;
  for (const change of changes.sort((left, right) => left.start - right.start)) {
    // With a YAML alias one text stands for several addresses.
    if (change.start < end) continue;
    result += text.slice(end, change.start) + JSON.stringify(change.address);
    end = change.end;
  }
  return result + text.slice(end);
}

function findPaths(value: unknown, [step, ...rest]: readonly string[], path: DocumentPath = []): DocumentPath[] {
  if (step === undefined) return value === undefined ? [] : [path];
  const keys = step === '*' ? (Array.isArray(value) ? [...value.keys()] : []) : [step];
  return keys.flatMap((key) => findPaths(getAt(value, [key]), rest, [...path, key]));
}
