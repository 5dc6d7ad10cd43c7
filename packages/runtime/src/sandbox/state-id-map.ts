import { join } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import type { RuntimeSettings } from '../settings.ts';
import { computeIdMap, type IdMap } from './id-map.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

/**
 * The id map of a state folder. Images and volumes in it belong to these ids, so it is computed once and kept, whatever
 * is changed on the machine later. Throws MACHINE_LACKS when a normal user has no subordinate ids.
 */
export function openIdMap({ stateFolder, user }: Pick<RuntimeSettings, 'stateFolder' | 'user'>): IdMap {
  const file = join(stateFolder, 'id-map.json');
  const kept = readJsonFile<IdMap>(file);
  if (kept !== undefined) return kept;
  const map = computeIdMap(user);
  makeFolder(stateFolder, 0o700);
  writeJsonFile(file, map);
  return map;
}
