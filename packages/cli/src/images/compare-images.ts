import type { ImageRecord } from '@devstead/runtime/images';

/** What `devstead image diff --output json` prints. */
export interface ImageDiff {
  readonly schemaVersion: 'image-diff/v1';
  readonly left: ComparedImage;
  readonly right: ComparedImage;
  /** Bytes that the right one has more. */
  readonly sizeChange: number;
  readonly layers: {
    readonly shared: readonly string[];
    readonly left: readonly string[];
    readonly right: readonly string[];
  };
  readonly packages: {
    readonly added: readonly Package[];
    readonly removed: readonly Package[];
    readonly changed: readonly (Omit<Package, 'version'> & { readonly from: string; readonly to: string })[];
  };
  /** Values of how it is run that differ, by name. */
  readonly config: readonly { readonly name: string; readonly from?: string; readonly to?: string }[];
}

interface ComparedImage {
  readonly name: string;
  readonly reference: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly layerCount: number;
  /** Of Debian and of Python. */
  readonly packageCount: number;
  readonly pythonPackageCount: number;
}

interface Package {
  readonly name: string;
  /** Several, where it is installed in several places. */
  readonly version: string;
  /** Absent: Debian's. */
  readonly kind?: 'python';
}

/** Compares two images: size, layers, packages, and how they are run. */
export function compareImages(left: ImageRecord, right: ImageRecord): ImageDiff {
  const [before, after] = [groupPackages(left), groupPackages(right)];
  const missing = (from: ReadonlyMap<string, Package>, other: ReadonlyMap<string, Package>): Package[] =>
    [...from].filter(([key]) => !other.has(key)).map(([, one]) => one);
  return {
    schemaVersion: 'image-diff/v1',
    left: describe(left),
    right: describe(right),
    sizeChange: right.sizeBytes - left.sizeBytes,
    layers: {
      shared: left.layers.filter((layer) => right.layers.includes(layer)),
      left: left.layers.filter((layer) => !right.layers.includes(layer)),
      right: right.layers.filter((layer) => !left.layers.includes(layer)),
    },
    packages: {
      added: missing(after, before),
      removed: missing(before, after),
      changed: [...before].flatMap(([key, { version: from, ...one }]) => {
        const to = after.get(key)?.version;
        return to === undefined || to === from ? [] : [{ ...one, from, to }];
      }),
    },
    config: compareConfig(left, right),
  };
}

/** A package of Python may have the name of one of Debian. */
function groupPackages({ packages }: ImageRecord): Map<string, Package> {
  const found = new Map<string, Package>();
  for (const one of packages) {
    const key = `${one.kind ?? ''} ${one.name}`;
    const before = found.get(key);
    found.set(key, before === undefined ? one : { ...one, version: `${before.version}, ${one.version}` });
  }
  return found;
}

function describe({ name, origin, digest, sizeBytes, layers, packages }: ImageRecord): ComparedImage {
  return {
    name,
    reference: origin?.reference ?? name,
    digest,
    sizeBytes,
    layerCount: layers.length,
    packageCount: packages.length,
    pythonPackageCount: packages.filter(({ kind }) => kind === 'python').length,
  };
}

function compareConfig(left: ImageRecord, right: ImageRecord): ImageDiff['config'] {
  const [before, after] = [listValues(left), listValues(right)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [from, to] = [before.get(name), after.get(name)];
    return from === to ? [] : [{ name, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
}

function listValues({ config }: ImageRecord): Map<string, string> {
  const { env, labels = {}, entrypoint, command, user, workingDir, stopSignal, ready = [] } = config;
  const ports = [...config.ports, ...(config.exposedPorts ?? [])];
  const rows = Object.entries({
    user,
    workingDir,
    stopSignal,
    entrypoint: JSON.stringify(entrypoint),
    command: JSON.stringify(command),
    ready: JSON.stringify(ready),
    ports: JSON.stringify([...new Set(ports)].sort((a, b) => a - b)),
    volumes: JSON.stringify(config.volumes),
  });
  const named = (kind: string, values: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(values).map(([name, value]) => [`${kind}.${name}`, value]);
  return new Map([...rows, ...named('env', env), ...named('labels', labels)]);
}
