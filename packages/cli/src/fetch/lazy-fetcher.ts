import type { Io } from '../io.ts';
import { readSettings } from '../settings.ts';
import { createDevfileFetcher, type FetcherOptions, type LimitedFetcher } from './devfile-fetcher.ts';

/** Reads the configuration only when a devfile refers to another. */
export function createLazyFetcher(io: Io, folder: string, options: FetcherOptions): LimitedFetcher {
  let fetcher: LimitedFetcher | undefined;
  const open = (): LimitedFetcher => {
    fetcher ??= createDevfileFetcher(io, readSettings(io, folder), options);
    return fetcher;
  };
  return {
    get registries() {
      return open().registries;
    },
    get pluginRegistries() {
      return open().pluginRegistries;
    },
    get maxBytes() {
      return open().maxBytes;
    },
    fetch: (address, referrer) => open().fetch(address, referrer),
  };
}
