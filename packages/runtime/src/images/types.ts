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
  /** Paths that hold data. */
  readonly volumes: readonly string[];
  readonly stopSignal: string;
  /** A program that ends with 0 as soon as the service accepts work; asked inside the container. */
  readonly ready?: readonly string[];
}

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
}

/** An image in the local store. */
export interface ImageRecord {
  readonly format: 1;
  /** The name it is known by here: the recipe's. */
  readonly name: string;
  /** `sha256:…` over configuration and layers: the same input gives the same digest. */
  readonly digest: string;
  /** Digests of the layers, the lowest first; each lies unpacked in `images/layers/<hex>/`. */
  readonly layers: readonly string[];
  readonly config: ImageConfig;
  /** Inventory: every Debian package in it. */
  readonly packages: readonly InstalledPackage[];
  /** SHA-256 over the recipe's files, so that a changed recipe is noticed. */
  readonly recipeDigest: string;
  readonly sizeBytes: number;
  /** ISO 8601. */
  readonly createdAt: string;
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
  /** Folder with recipe.yaml, `root/` (files laid over the image) and `finish.sh` (run in the image at the end). */
  readonly folder: string;
  readonly digest: string;
}
