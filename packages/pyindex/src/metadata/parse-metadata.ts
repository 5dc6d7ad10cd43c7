import { defaultMetadataLimits } from './limits.ts';
import { MetadataRefused } from './metadata-refused.ts';

/** Core metadata of a distribution (https://packaging.python.org/specifications/core-metadata/). */
export interface CoreMetadata {
  readonly metadataVersion: string;
  readonly name: string;
  readonly version: string;
  /** Every field by its name in lower case, in the order written. Fields that may stand once have one value. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** From the field `Description`, else the text after the fields. */
  readonly description: string | undefined;
}

const mostFields = 20_000;
const fieldPattern = /^([A-Za-z][A-Za-z0-9-]*)[ \t]*:(.*)$/;

/**
 * Reads METADATA or PKG-INFO. Throws `MetadataRefused`: `too-large`, `unreadable` (no text in UTF-8, a field that is
 * none, no name or version, name or version twice).
 */
export function parseMetadata(bytes: Uint8Array, limits = defaultMetadataLimits): CoreMetadata {
  if (bytes.length > limits.textBytes)
    throw new MetadataRefused('too-large', `the metadata has more than ${limits.textBytes} bytes`);
  const text = decodeText(bytes);
  const fields = new Map<string, string[]>();
  const { lines, body } = splitHead(text);
  let last: string[] | undefined;
  let count = 0;
  for (const line of lines) {
    if (/^[ \t]/.test(line)) {
      if (last === undefined) throw new MetadataRefused('unreadable', 'the metadata begins with a continued line');
      last[last.length - 1] += `\n${unindent(line)}`;
      continue;
    }
    count += 1;
    if (count > mostFields) throw new MetadataRefused('too-large', `the metadata has more than ${mostFields} fields`);
    const [, name, value] = fieldPattern.exec(line) ?? [];
    if (name === undefined || value === undefined)
      throw new MetadataRefused('unreadable', `the metadata has a line that is no field: ${showLine(line)}`);
    const key = name.toLowerCase();
    last = fields.get(key) ?? [];
    last.push(value.trim());
    fields.set(key, last);
  }
  const description = fields.get('description')?.[0] ?? (body.trim() === '' ? undefined : body);
  return {
    metadataVersion: readSingle(fields, 'metadata-version') ?? '1.0',
    name: requireSingle(fields, 'name'),
    version: requireSingle(fields, 'version'),
    fields,
    description,
  };
}

/** Older tools wrote other encodings; what cannot be UTF-8 is read as Latin-1, in which every byte is a letter. */
function decodeText(bytes: Uint8Array): string {
  if (bytes.includes(0)) throw new MetadataRefused('unreadable', 'the metadata holds a NUL byte');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

/** The lines of the fields, and what follows the first empty one. */
function splitHead(text: string): { readonly lines: string[]; readonly body: string } {
  const lines: string[] = [];
  let start = 0;
  while (start < text.length) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const line = text.slice(start, end > start && text[end - 1] === '\r' ? end - 1 : end);
    start = end + 1;
    if (line === '') break;
    lines.push(line);
  }
  return { lines, body: text.slice(start) };
}

/** Continued lines of a description are written with eight spaces, or seven and a bar. */
function unindent(line: string): string {
  return line.replace(/^(?: {7}\|| {8}|[ \t]+)/, '');
}

function requireSingle(fields: ReadonlyMap<string, readonly string[]>, key: string): string {
  const value = readSingle(fields, key);
  if (value === undefined || value === '') throw new MetadataRefused('unreadable', `the metadata has no ${key}`);
  return value;
}

function readSingle(fields: ReadonlyMap<string, readonly string[]>, key: string): string | undefined {
  const values = fields.get(key);
  if (values !== undefined && values.length > 1)
    throw new MetadataRefused('unreadable', `the metadata has ${key} ${values.length} times`);
  return values?.[0];
}

function showLine(line: string): string {
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line);
}
