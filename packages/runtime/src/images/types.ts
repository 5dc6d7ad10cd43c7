/** What an image says about running it: the part of the OCI image configuration that containers use, and readiness. */
export interface ImageConfig {
  /** `uid:gid`, both numbers. */
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDir: string;
  /** TCP ports the image's own program listens on. */
  readonly ports: readonly number[];
  /** TCP ports that the program may listen on: what an image of a registry says is no promise. */
  readonly exposedPorts?: readonly number[];
  /** Paths that hold data. */
  readonly volumes: readonly string[];
  readonly stopSignal: string;
  /** A program that ends with 0 as soon as the service accepts work; asked inside the container. */
  readonly ready?: readonly string[];
  /** How often and how long that is asked, where the image says so. */
  readonly health?: ImageHealth;
  /** What the image says of itself, by name. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Times of an image's check (`HEALTHCHECK`); what is absent was not said. */
export interface ImageHealth {
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly startPeriodMs?: number;
  readonly startIntervalMs?: number;
  readonly retries?: number;
}

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Absent: Debian's. */
  readonly kind?: 'python';
}

/** An image in the local store. */
export interface ImageRecord {
  readonly format: 1;
  /** The name it is known by here: the recipe's, or one made from the reference it was pulled by. */
  readonly name: string;
  /** `sha256:…` over configuration and layers: the same input gives the same digest. */
  readonly digest: string;
  /** Digests of the layers, the lowest first; each lies unpacked in `images/layers/<hex>/`. */
  readonly layers: readonly string[];
  readonly config: ImageConfig;
  /** Inventory: every package of Debian and of Python in it. */
  readonly packages: readonly InstalledPackage[];
  /** SHA-256 over the recipe's files, so that a changed recipe is noticed. Absent in an image that no recipe made. */
  readonly recipeDigest?: string;
  /** Hash over all that the build from a Dockerfile began from: the same again needs no build. */
  readonly buildStamp?: string;
  /** Digests of the secrets that its build mounted, by id; only this machine can compare them. */
  readonly buildSecrets?: Readonly<Record<string, string>>;
  /** Where it came from, when no recipe made it. */
  readonly origin?: ImageOrigin;
  readonly sizeBytes: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** Where an image came from that was pulled or imported. */
export interface ImageOrigin {
  /** In full: `docker.io/library/nginx:1.25`. */
  readonly reference: string;
  /** The registry, mirror or file it was read from. */
  readonly from: string;
  /** Of the manifest the reference stood for. */
  readonly manifestDigest?: string;
  /** `linux/amd64`. */
  readonly platform: string;
  /** Digests of all layers of the image as they are without compression, the lowest first. */
  readonly diffIds: readonly string[];
  /** The layer of the store that each of them is. */
  readonly layers: readonly string[];
  /** Bytes of the files of each. */
  readonly layerBytes: readonly number[];
}

/** What stays of an image that is not laid on the base: the rest only served to make it. Paths are absolute. */
export interface MinimalImage {
  /** Those whose files stay. */
  readonly packages: readonly string[];
  /** Further files that stay. In both lists `*` stands for any characters, slashes too. */
  readonly files: readonly string[];
  /** Those of all these that go. */
  readonly without: readonly string[];
}

/** A recipe: a list of Debian packages, files, a user and a program, from which an image is made. */
export interface Recipe {
  readonly name: string;
  readonly summary: string;
  /** What the image has, for people: `Python 3.11, PostgreSQL 15.x`. */
  readonly provides: string;
  /** Image references it may stand in for, as `repository` or `repository:tag` patterns (`*` for any tag). */
  readonly standsInFor: readonly string[];
  readonly packages: readonly string[];
  readonly config: ImageConfig;
  /** Absent: everything that was installed stays, over the base. */
  readonly minimal?: MinimalImage;
  /** Folder with recipe.yaml, `root/` (files laid over the image) and `finish.sh` (run in the image at the end). */
  readonly folder: string;
  readonly digest: string;
}
