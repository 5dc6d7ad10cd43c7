import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findAddressAt, type LanguageDocument, type Position } from '@devstead/devfile/language';
import type { Location } from 'vscode-languageserver-protocol/node';
import { toUri } from './to-protocol.ts';

/** The file that a devfile names at a place by a relative path: a parent, a manifest, a Dockerfile. */
export function findNamedFile(uri: string, document: LanguageDocument, position: Position): Location | undefined {
  const address = findAddressAt(document, position);
  if (address === undefined || !uri.startsWith('file:')) return undefined;
  const path = resolve(dirname(fileURLToPath(uri)), address);
  const start = { line: 0, character: 0 };
  return existsSync(path) ? { uri: toUri(path), range: { start, end: start } } : undefined;
}
