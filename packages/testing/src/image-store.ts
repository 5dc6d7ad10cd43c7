import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A record of the store as far as tests look at it. */
export interface StoredImage {
  readonly name: string;
  readonly layers: readonly string[];
  readonly config: { readonly user: string };
  readonly packages: readonly { readonly name: string; readonly version: string }[];
}

/** Everything that is in a store of images: layers, records, and what is not finished. */
export function listStore(state: string): Record<'layers' | 'records' | 'building', string[]> {
  const list = (name: string): string[] => {
    const folder = join(state, 'images', name);
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  };
  return { layers: list('layers'), records: list('records'), building: list('building') };
}

export function readStored(state: string, name: string): StoredImage {
  return JSON.parse(readFileSync(join(state, 'images/records', `${name}.json`), 'utf8')) as StoredImage;
}
