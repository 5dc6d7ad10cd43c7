import { isObject } from '../../images/oci/manifest.ts';

/** buildah's storage without what lies on layers that are gone. */
export interface MendedStorage {
  /** The new text of `images.json`. */
  readonly images: string;
  /** The new text of `layers.json`. */
  readonly layers: string;
  /** Ids of what goes. */
  readonly goneImages: readonly string[];
  readonly goneLayers: readonly string[];
}

/**
 * Finds images and layers of buildah's storage whose base was removed from our store: buildah cannot work while there is one.
 * `offered` are the layers it can see besides. Undefined where all is well; texts that are no lists count as empty.
 */
export function mendStorage(images: string, layers: string, offered: ReadonlySet<string>): MendedStorage | undefined {
  const imageRows = readRows(images);
  const layerRows = readRows(layers);
  const known = new Set(offered);
  // A layer stands behind its parent.
  const left = layerRows.filter(({ id, parent }) => {
    const isWhole = typeof parent !== 'string' || parent === '' || known.has(parent);
    if (isWhole && typeof id === 'string') known.add(id);
    return isWhole;
  });
  const whole = imageRows.filter(({ layer }) => typeof layer !== 'string' || layer === '' || known.has(layer));
  if (left.length === layerRows.length && whole.length === imageRows.length) return undefined;
  return leaveOut(
    { rows: imageRows, isLeft: (row) => whole.includes(row) },
    { rows: layerRows, isLeft: (row) => left.includes(row) },
  );
}

interface Choice {
  readonly rows: readonly Row[];
  readonly isLeft: (row: Row) => boolean;
}

/** The storage with a part of its images and layers. */
export function leaveOut(images: Choice, layers: Choice): MendedStorage {
  const listGone = ({ rows, isLeft }: Choice): string[] =>
    rows.filter((row) => !isLeft(row)).map(({ id }) => String(id));
  return {
    images: JSON.stringify(images.rows.filter(images.isLeft)),
    layers: JSON.stringify(layers.rows.filter(layers.isLeft)),
    goneImages: listGone(images),
    goneLayers: listGone(layers),
  };
}

type Row = Record<string, unknown>;

/** The rows of a list of it; none for a text that is none. */
export function readRows(text: string): Row[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isObject) : [];
  } catch {
    return [];
  }
}
