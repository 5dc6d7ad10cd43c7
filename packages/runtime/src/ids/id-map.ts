import { readFileSync } from 'node:fs';
import { AppError } from '@devstead/kit';

/** `count` ids from `inside` on (in the user namespace) are `outside` and following on the machine. */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** How ids in containers relate to ids of the machine: one map for all of a state folder. */
export interface IdMap {
  /** `root`: the maps are written directly. `rootless`: through newuidmap and newgidmap. */
  readonly mode: 'root' | 'rootless';
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
}

/** The user that owns the project inside containers whose image says nothing else. */
export const projectUser = { uid: 1000, gid: 0 } as const;

export const idCount = 65536;
/** Above what useradd(8) gives to users and what systemd-nspawn takes, below 2^31. */
const firstFreeId = 0x7000_0000;

export interface SubordinateRow {
  readonly owner: string;
  readonly first: number;
  readonly count: number;
}

/** Rows of /etc/subuid or /etc/subgid (subuid(5)). Lines that are none are passed over. */
export function parseSubordinateIds(text: string): SubordinateRow[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(':'))
    .filter((fields) => fields.length === 3 && fields[0] !== '' && fields.slice(1).every((f) => /^\d+$/.test(f)))
    .map(([owner = '', first, count]) => ({ owner, first: Number(first), count: Number(count) }));
}

/** Rows of /etc/subuid and /etc/subgid: who has which ids of the machine for user namespaces. */
export interface SubordinateIds {
  readonly uids: readonly SubordinateRow[];
  readonly gids: readonly SubordinateRow[];
}

/** The machine's; none where there are no such files. */
export function readSubordinateIds(): SubordinateIds {
  return { uids: readRows('/etc/subuid'), gids: readRows('/etc/subgid') };
}

function readRows(file: string): SubordinateRow[] {
  try {
    return parseSubordinateIds(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}

/**
 * The map for root: containers' ids are ids of the machine that nobody else has. A row for root in the subordinate
 * files is taken; without one, a range above all that are given to others.
 */
export function rootIdMap(uidRows: readonly SubordinateRow[], gidRows: readonly SubordinateRow[]): IdMap {
  const range = (rows: readonly SubordinateRow[]): IdRange[] => {
    const own = rows.find((row) => (row.owner === 'root' || row.owner === '0') && row.count >= idCount);
    const free = rows.reduce((next, row) => Math.max(next, row.first + row.count), firstFreeId);
    return [{ inside: 0, outside: own?.first ?? free, count: idCount }];
  };
  return { mode: 'root', uids: range(uidRows), gids: range(gidRows) };
}

/**
 * The map for a normal user: the project's user inside is the user, everything else the subordinate ids, so files in
 * the project belong to the user on both sides. Undefined when the user has fewer than 65536 subordinate ids.
 */
export function rootlessIdMap(
  user: { readonly name: string; readonly uid: number; readonly gid: number },
  uidRows: readonly SubordinateRow[],
  gidRows: readonly SubordinateRow[],
): IdMap | undefined {
  const own = (rows: readonly SubordinateRow[]): SubordinateRow | undefined =>
    rows.find((row) => (row.owner === user.name || row.owner === String(user.uid)) && row.count >= idCount - 1);
  const uids = own(uidRows);
  const gids = own(gidRows);
  if (uids === undefined || gids === undefined) return undefined;
  return {
    mode: 'rootless',
    uids: exchange(projectUser.uid, user.uid, uids.first),
    gids: exchange(projectUser.gid, user.gid, gids.first),
  };
}

/** One inside id is the user's own; the ids around it are subordinate ones. */
function exchange(inside: number, own: number, first: number): IdRange[] {
  return [
    { inside: 0, outside: first, count: inside },
    { inside, outside: own, count: 1 },
    { inside: inside + 1, outside: first + inside, count: idCount - 1 - inside },
  ].filter((range) => range.count > 0);
}

/** The machine's id for an id inside. */
export function outsideId(ranges: readonly IdRange[], inside: number): number {
  const range = ranges.find((r) => inside >= r.inside && inside < r.inside + r.count);
  if (range === undefined) throw new AppError('MACHINE_LACKS', `the id ${inside} is beyond the ids of the sandbox`);
  return range.outside + inside - range.inside;
}

/** The id inside for one of the machine; undefined for one that is not inside. */
export function insideId(ranges: readonly IdRange[], outside: number): number | undefined {
  const range = ranges.find((r) => outside >= r.outside && outside < r.outside + r.count);
  return range === undefined ? undefined : range.inside + outside - range.outside;
}

/** The form that /proc/PID/uid_map takes. */
export function renderRanges(ranges: readonly IdRange[]): string {
  return ranges.map((r) => `${r.inside} ${r.outside} ${r.count}\n`).join('');
}
