import type { StarterReference } from './types.ts';

/** A request for what has an address. */
export interface GetOptions {
  readonly maxBytes: number;
  readonly accept?: string;
  /** A stack names the address, and not the user: it may not be one of this machine. */
  readonly isNamedByStack?: boolean;
  /** For all of it. Default: that of who carries it out. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** `absent`: there is nothing at that address. `failed`: no usable answer came. `refused`: it was not asked. */
export type WebAnswer =
  | { readonly status: 'fetched'; readonly bytes: Buffer }
  | { readonly status: 'absent' | 'failed' | 'refused'; readonly reason: string; readonly hint?: string };

/**
 * What a registry needs of the world outside its folders. It is passed in, by who knows proxies, certificates and which
 * addresses may be asked; nothing here opens a connection by itself.
 */
export interface World {
  /** The answer to a GET, redirects followed. Throws only when the signal is aborted. */
  get(address: string, options: GetOptions): Promise<WebAnswer>;
  /**
   * Brings the sources of a starter project from Git or an archive at an address below `target`, a folder that does not
   * exist yet; returns the folder that stands for the project. Throws `AppError`.
   */
  fetchStarter(starter: StarterReference, target: string, signal: AbortSignal): Promise<string>;
  /** Unpacks a zip archive that nobody vouches for into a folder that does not exist yet. Throws `AppError`. */
  unpack(
    archive: string,
    target: string,
    options: { readonly subDir?: string; readonly signal: AbortSignal },
  ): Promise<void>;
  /** Clones a repository into a folder that does not exist yet. Throws `AppError`. */
  clone(
    address: string,
    target: string,
    options: { readonly revision?: string; readonly signal: AbortSignal },
  ): Promise<void>;
}
