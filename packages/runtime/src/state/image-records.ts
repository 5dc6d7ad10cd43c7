import { AppError } from '@devstead/kit';
import type { ImageRecord } from '../images/types.ts';
import { readJsonFile } from './json-file.ts';
import { listFolder } from './list-folder.ts';

function recordsFolder(stateFolder: string): string {
  return `${stateFolder}/images/records`;
}

/** The record of an image in the store. Throws IMAGE_NOT_FOUND. */
export function readImage(stateFolder: string, name: string): ImageRecord {
  const record = readJsonFile<ImageRecord>(`${recordsFolder(stateFolder)}/${name}.json`);
  if (record === undefined) throw new AppError('IMAGE_NOT_FOUND', `the image ${name} is not in the local store`);
  return record;
}

/** Every image in the store with its digest. */
export function listImageDigests(stateFolder: string): Record<string, string> {
  const folder = recordsFolder(stateFolder);
  const names = listFolder(folder).filter((file) => file.endsWith('.json'));
  return Object.fromEntries(
    names.map((file) => {
      const name = file.slice(0, -'.json'.length);
      return [name, readImage(stateFolder, name).digest];
    }),
  );
}
