import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { parseNumericUser } from './image-config.ts';

const largestFile = 1 << 20;
const idCount = 65_536;

/**
 * The user of an image as `uid:gid`: names, and a user's own group, are looked up in the image's passwd and group files,
 * as container engines do. Throws IMAGE_REFUSED for a user that is not there.
 */
export function resolveImageUser(text: string, layerFolders: readonly string[]): string {
  const numeric = parseNumericUser(text);
  if (numeric !== undefined) return checkIds(numeric);
  const [user = '', group] = text.split(':');
  const users = readRows(layerFolders, 'passwd');
  const row = users.find(([name, , uid]) => name === user || (/^\d+$/.test(user) && Number(uid) === Number(user)));
  const uid = row?.[2] ?? (/^\d+$/.test(user) ? user : undefined);
  if (uid === undefined) throw unknownName('user', user);
  if (group === undefined || group === '') return checkIds(`${uid}:${row?.[3] ?? '0'}`);
  const gid = readRows(layerFolders, 'group').find(([name]) => name === group)?.[2];
  if (gid === undefined && !/^\d+$/.test(group)) throw unknownName('group', group);
  return checkIds(`${uid}:${gid ?? group}`);
}

/** The number of a group, as text. Throws IMAGE_REFUSED for one that is not there. */
export function resolveImageGroup(group: string, layerFolders: readonly string[]): string {
  if (/^\d{1,5}$/.test(group)) return group;
  const gid = readRows(layerFolders, 'group').find(([name]) => name === group)?.[2];
  if (gid === undefined) throw unknownName('group', group);
  return gid;
}

function checkIds(user: string): string {
  const ids = user.split(':').map(Number);
  if (ids.every((id) => Number.isInteger(id) && id >= 0 && id < idCount)) return ids.join(':');
  throw new AppError('IMAGE_REFUSED', `the image's user ${user} is beyond the ids of the sandbox`);
}

function unknownName(kind: string, name: string): AppError {
  return new AppError('IMAGE_REFUSED', `the image runs as the ${kind} ${JSON.stringify(name)}, which it does not have`);
}

/** Rows of a file in `/etc` as the layers together show it, the highest layer that has it. */
function readRows(layerFolders: readonly string[], file: string): string[][] {
  for (const layer of [...layerFolders].reverse()) {
    const folder = join(layer, 'etc');
    const etc = lstatSync(folder, { throwIfNoEntry: false });
    if (etc === undefined) continue;
    // A link, or the mark that hides what is below.
    if (!etc.isDirectory()) return [];
    const text = readPlainFile(join(folder, file));
    if (text === 'absent') continue;
    return (text?.content ?? '').split('\n').map((line) => line.split(':'));
  }
  return [];
}

/** A regular file's text; undefined when something else stands there. Links are not followed: they could lead out. */
function readPlainFile(path: string): { readonly content: string } | 'absent' | undefined {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info === undefined) return 'absent';
  if (!info.isFile()) return undefined;
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
  try {
    return fstatSync(file).size > largestFile ? undefined : { content: readFileSync(file, 'utf8') };
  } finally {
    closeSync(file);
  }
}
