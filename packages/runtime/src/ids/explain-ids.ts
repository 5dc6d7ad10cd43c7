import { type IdMap, type IdRange, idCount, type SubordinateIds, type SubordinateRow } from './id-map.ts';

/** Below this, useradd(8) gives ids to users themselves. */
const firstSubordinateId = 100_000;

const kinds = [
  { kind: 'uids', file: '/etc/subuid', option: '--add-subuids' },
  { kind: 'gids', file: '/etc/subgid', option: '--add-subgids' },
] as const;

/**
 * Why a normal user's containers have no ids for themselves, and the command by which an administrator mends it;
 * undefined when they have. `kept` is the map that the state folder was made with: its ids must still be the user's.
 */
export function explainIds(
  user: { readonly name: string; readonly uid: number },
  rows: SubordinateIds,
  kept?: IdMap,
): { readonly problem: string; readonly command: string } | undefined {
  if (user.uid === 0) return undefined;
  const wanted = kinds.flatMap(({ kind, file, option }) => {
    const own = rows[kind].filter(({ owner }) => owner === user.name || owner === String(user.uid));
    const lost = kept?.mode === 'rootless' ? findLost(kept[kind], own, kind === 'uids' ? user.uid : undefined) : [];
    if (lost.length > 0) return [{ file, option, ranges: lost, isKept: true, most: 0 }];
    const most = Math.max(0, ...own.map(({ count }) => count));
    if (kept !== undefined || most >= idCount - 1) return [];
    return [{ file, option, ranges: [], isKept: false, most }];
  });
  if (wanted.length === 0) return undefined;
  const free = findFreeIds(rows);
  const options = wanted.flatMap(({ option, ranges }) =>
    (ranges.length === 0 ? [free] : ranges).map(({ first, last }) => `${option} ${first}-${last}`),
  );
  const problems = wanted.map(({ file, isKept, most }) => {
    if (isKept) return `${file} no longer gives ${user.name} the ids that the state folder was made with`;
    const has = most === 0 ? 'none' : `at most ${most} in a row`;
    return `${user.name} has ${has} of the ${idCount - 1} ids needed in ${file}`;
  });
  return { problem: problems.join('; '), command: `usermod ${options.join(' ')} ${user.name}` };
}

interface Ids {
  readonly first: number;
  readonly last: number;
}

/** Ids of a map that are in no row; ranges next to each other as one. The user's own id needs no row. */
function findLost(map: readonly IdRange[], rows: readonly SubordinateRow[], own: number | undefined): Ids[] {
  return map
    .filter(({ outside, count }) => count > 1 || (own !== undefined && outside !== own))
    .filter(
      ({ outside, count }) => !rows.some((row) => row.first <= outside && outside + count <= row.first + row.count),
    )
    .map(({ outside, count }) => ({ first: outside, last: outside + count - 1 }))
    .reduce<Ids[]>((joined, next) => {
      const before = joined.at(-1);
      if (before?.last !== next.first - 1) return [...joined, next];
      return [...joined.slice(0, -1), { first: before.first, last: next.last }];
    }, []);
}

/** Ids behind all that anybody has: shared ones would let one user's containers write another's files. */
function findFreeIds({ uids, gids }: SubordinateIds): Ids {
  const first = Math.max(firstSubordinateId, ...[...uids, ...gids].map(({ first: start, count }) => start + count));
  return { first, last: first + idCount - 1 };
}
