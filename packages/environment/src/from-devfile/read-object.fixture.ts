import type { Devfile, DocumentPath } from '@devstead/devfile';
import type { Origin } from '../types.ts';
import { type EnvironmentReading, readEnvironmentFromDevfile } from './read-environment.ts';

/** Reads a devfile written as an object: every value in it has a place, whose `detail` is the document path. */
export function readObject(devfile: Omit<Devfile, 'schemaVersion'>): EnvironmentReading {
  const document: Devfile = { schemaVersion: '2.2.2', ...devfile };
  const originsOf = (path: DocumentPath): readonly Origin[] =>
    isPresent(document, path)
      ? [{ kind: 'file', file: 'devfile.yaml', line: path.length, column: 1, detail: path.join('.') }]
      : [];
  return readEnvironmentFromDevfile(document, { originsOf, file: 'devfile.yaml', fallbackName: 'folder' });
}

function isPresent(document: unknown, path: DocumentPath): boolean {
  let value = document;
  for (const step of path) value = Object(value)[step];
  return value !== undefined;
}
