/** Brings the texts that a devfile refers to. Passed in: this package opens no file and no connection of its own. */
export interface Fetcher {
  /** Addresses of the registries that are asked, in this order, for a devfile named by its id alone. */
  readonly registries: readonly string[];
  /** The same for the plugins and editors that a devfile 1.0.0 names by their id alone (plugin registry, v3). */
  readonly pluginRegistries?: readonly string[];
  /** UTF-8 bytes that one of its texts may have; absent: as many as the devfile that is read. */
  readonly maxBytes?: number;
  /**
   * The text at an absolute URL (`https:`, `http:` or `file:`). `referrer` is the address of the devfile that names it, so
   * that one from the web cannot reach what only this machine sees. Every failure is an answer, not an exception; it throws
   * only when the whole reading is to end.
   */
  fetch(address: string, referrer: string | undefined): Promise<FetchAnswer>;
}

export type FetchAnswer =
  | {
      readonly status: 'fetched';
      readonly text: string;
      /** Where it was found, after redirects; what it refers to itself is found from there. */
      readonly location: string;
      /** The name of the file for people. */
      readonly file: string;
      /** Said where the text is no fresh one: since when it is kept, and why. */
      readonly staleness?: string;
    }
  /** `absent`: there is nothing at that address. `failed`: it could not be found out. `refused`: it was not asked. */
  | {
      readonly status: 'absent' | 'failed' | 'refused';
      /** Continues "the parent could not be read:". */
      readonly reason: string;
      readonly hint?: string;
    };

/** What one devfile may bring in, all levels together. */
export const importLimits = {
  /** Levels of parents and plugins. */
  depth: 8,
  /** Parents, plugins and manifests. */
  texts: 64,
  /** UTF-16 units of all of them. */
  characters: 4 * 1024 * 1024,
} as const;
