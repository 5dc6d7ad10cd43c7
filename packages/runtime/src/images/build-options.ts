import type { IdMap } from '../ids/id-map.ts';
import type { ImageStore } from './store.ts';

/** What a build is doing, for people who watch. */
export interface BuildProgress {
  readonly image: string;
  /** `wait`: another build of the same image is on. */
  readonly step: 'wait' | 'download' | 'install' | 'finish' | 'store' | 'done';
  readonly text: string;
  /** How much of the step is done, 0 to 100, where that is known. */
  readonly percent?: number;
}

export interface BuildOptions {
  readonly store: ImageStore;
  readonly idMap: IdMap;
  /** Devstead's cache folder of the user; downloaded packages are kept in `packages/` for all builds. */
  readonly cacheFolder: string;
  /** Address of a Debian mirror; absent: the machine's own apt sources. */
  readonly mirror?: string | undefined;
  /** PEM file of the CA certificates that https mirrors are checked with; absent: the machine's. */
  readonly caBundle?: string | undefined;
  /** Proxy variables by name. */
  readonly proxies?: Readonly<Record<string, string>>;
  readonly onProgress?: (progress: BuildProgress) => void;
  readonly signal?: AbortSignal | undefined;
  /** Builds although the store has an image made from the same recipe. */
  readonly isForced?: boolean;
}
