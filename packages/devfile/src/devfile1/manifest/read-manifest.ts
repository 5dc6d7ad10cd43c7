import type { Diagnostic } from '@devstead/kit';
import { getAt } from '../../document-path.ts';
import { isMap } from '../../flatten/trace.ts';
import type { Limits } from '../../limits.ts';
import { readText } from '../../read-text.ts';
import type { DocumentPath } from '../../types.ts';
import type { Texts } from '../types.ts';

/** An object of a manifest as it is written, and where a value of it stands in the text. */
export interface WrittenObject {
  readonly kind: string;
  readonly name: string;
  readonly labels: Texts;
  readonly value: Readonly<Record<string, unknown>>;
  readonly locate: (path: DocumentPath) => { readonly line: number; readonly column: number };
}

export interface ManifestReading {
  readonly objects: readonly WrittenObject[];
  /** Of the text, as YAML. */
  readonly diagnostics: readonly Diagnostic[];
  /** What in it is no object of a cluster, with its line. */
  readonly faults: readonly { readonly message: string; readonly line: number; readonly column: number }[];
}

/** More objects than any workspace has. */
const mostObjects = 500;
/** Documents in one text; more than this is an accident or an attack. */
const mostDocuments = 50;

/** Reads the objects of a manifest: one or more YAML documents, each an object or a `List` of them. */
export async function readManifest(text: string, file: string, limits: Limits): Promise<ManifestReading> {
  const objects: WrittenObject[] = [];
  const diagnostics: Diagnostic[] = [];
  const faults: { message: string; line: number; column: number }[] = [];
  const documents = splitDocuments(text);
  for (const document of documents.slice(0, mostDocuments)) {
    const { value, positions, diagnostics: found } = await readText(document, file, limits);
    diagnostics.push(...found);
    if (value === undefined || value === null) continue;
    const isList = isMap(value) && value['kind'] === 'List';
    const items = isList ? getAt(value, ['items']) : [value];
    const prefix: DocumentPath = isList ? ['items'] : [];
    for (const [index, item] of (Array.isArray(items) ? items : []).entries()) {
      const path = isList ? [...prefix, index] : [];
      const place = positions.locate(path);
      if (objects.length >= mostObjects) {
        faults.push({ ...place, message: `more than ${mostObjects} objects` });
        return { objects, diagnostics, faults };
      }
      const object = readObject(item);
      if (object === undefined) faults.push({ ...place, message: 'an object of a cluster needs a kind and metadata' });
      else objects.push({ ...object, locate: (below) => positions.locate([...path, ...below]) });
    }
  }
  if (documents.length > mostDocuments)
    faults.push({ message: `more than ${mostDocuments} documents`, line: 1, column: 1 });
  return { objects, diagnostics, faults };
}

function readObject(item: unknown): Omit<WrittenObject, 'locate'> | undefined {
  if (!isMap(item) || typeof item['kind'] !== 'string') return undefined;
  const name = getAt(item, ['metadata', 'name']) ?? getAt(item, ['metadata', 'generateName']);
  const labels = getAt(item, ['metadata', 'labels']);
  const texts = isMap(labels)
    ? Object.entries(labels).flatMap(([key, value]): [string, string][] =>
        typeof value === 'object' ? [] : [[key, String(value)]],
      )
    : [];
  return {
    kind: item['kind'],
    name: typeof name === 'string' ? name : '',
    labels: new Map(texts).size === 0 ? {} : Object.fromEntries(texts),
    value: item,
  };
}

/** Each document with as many empty lines before it as lines stood there, so that its lines keep their numbers. */
function splitDocuments(text: string): string[] {
  const plain = text.replaceAll('\r\n', '\n');
  if (!/^---(?:\s|$)/m.test(plain)) return [plain];
  const documents: string[][] = [[]];
  for (const [number, line] of plain.split('\n').entries()) {
    if (!/^---(?:\s|$)/.test(line)) {
      documents.at(-1)?.push(line);
      continue;
    }
    if (documents.length > mostDocuments) break;
    // What stands behind the marker on its line is part of the document.
    documents.push([...Array<string>(number).fill(''), `   ${line.slice(3)}`]);
  }
  return documents.map((lines) => lines.join('\n')).filter((document) => document.trim() !== '');
}
