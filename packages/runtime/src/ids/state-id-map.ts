import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { makeFolder } from '../make-folder.ts';
import type { RuntimeSettings } from '../settings.ts';
import { readJsonFile, writeJsonFile } from '../state/json-file.ts';
import { explainIds } from './explain-ids.ts';
import { type IdMap, readSubordinateIds, rootIdMap, rootlessIdMap } from './id-map.ts';

/**
 * The id map of a state folder. Images and volumes in it belong to these ids, so it is computed once and kept, whatever
 * is changed on the machine later. Throws MACHINE_LACKS when a normal user has no subordinate ids.
 */
export function openIdMap({ stateFolder, user }: Pick<RuntimeSettings, 'stateFolder' | 'user'>): IdMap {
  const kept = readIdMap({ stateFolder });
  if (kept !== undefined) return kept;
  const map = computeIdMap(user);
  makeFolder(stateFolder, 0o700);
  writeJsonFile(fileOf(stateFolder), map);
  return map;
}

/** The id map that a state folder was made with; undefined when nothing in it has ids yet. */
export function readIdMap({ stateFolder }: Pick<RuntimeSettings, 'stateFolder'>): IdMap | undefined {
  return readJsonFile<IdMap>(fileOf(stateFolder));
}

function fileOf(stateFolder: string): string {
  return join(stateFolder, 'id-map.json');
}

function computeIdMap(user: RuntimeSettings['user']): IdMap {
  const rows = readSubordinateIds();
  if (user.uid === 0) return rootIdMap(rows.uids, rows.gids);
  const map = rootlessIdMap(user, rows.uids, rows.gids);
  if (map !== undefined) return map;
  const { problem, command } = explainIds(user, rows) ?? {};
  throw new AppError('MACHINE_LACKS', problem ?? `${user.name} has no subordinate ids`, {
    hint: `Have an administrator run: ${command}`,
  });
}
