import { leaveOut, type MendedStorage, readRows } from './mend-storage.ts';

/** When images of buildah's storage were last made or taken from, in milliseconds since 1970, by id. */
export type ImageUses = Readonly<Record<string, number>>;

interface TrimOptions {
  /** Those that are not named here were never used. */
  readonly uses: ImageUses;
  /** Images that stay, whatever they take. */
  readonly kept: ReadonlySet<string>;
  readonly mostBytes: number;
}

/** So much of what is allowed stays, so that not every build has to make room. */
const shareLeft = 0.75;

/**
 * Takes out of buildah's storage what was not used for the longest time, until it is well below a size. Undefined where it is not
 * above that. Sizes are those of the layers' archives; layers that images of our store share with it count too.
 */
export function trimStorage(images: string, layers: string, options: TrimOptions): MendedStorage | undefined {
  const { uses, kept, mostBytes } = options;
  const layerRows = readRows(layers);
  const sizes = new Map(layerRows.map((row) => [row['id'], Number(row['diff-size'] ?? 0)]));
  const parents = new Map(layerRows.map((row) => [row['id'], row['parent']]));
  const measure = (ids: ReadonlySet<unknown>): number =>
    [...ids].reduce((sum: number, id) => sum + (sizes.get(id) ?? 0), 0);
  if (measure(new Set(sizes.keys())) <= mostBytes) return undefined;
  const rows = readRows(images);
  const usedAt = (row: (typeof rows)[number]): number => uses[String(row['id'])] ?? 0;
  const oldest = rows.filter(({ id }) => !kept.has(String(id))).sort((left, right) => usedAt(left) - usedAt(right));
  const gone = new Set<unknown>();
  const listLayers = (): Set<unknown> => {
    const needed = new Set<unknown>();
    for (const { id, layer } of rows) {
      if (gone.has(id)) continue;
      for (let at: unknown = layer; sizes.has(at) && !needed.has(at); at = parents.get(at)) needed.add(at);
    }
    return needed;
  };
  let needed = listLayers();
  for (const { id } of oldest) {
    if (measure(needed) <= mostBytes * shareLeft) break;
    gone.add(id);
    needed = listLayers();
  }
  return leaveOut({ rows, isLeft: ({ id }) => !gone.has(id) }, { rows: layerRows, isLeft: ({ id }) => needed.has(id) });
}

/** The uses after a build, of the images that are still there. What it made is not known from before. */
export function noteUses(images: string, before: ImageUses, used: ReadonlySet<string>, now: number): ImageUses {
  const ids = readRows(images).map(({ id }) => String(id));
  return Object.fromEntries(ids.map((id) => [id, used.has(id) ? now : (before[id] ?? now)]));
}
