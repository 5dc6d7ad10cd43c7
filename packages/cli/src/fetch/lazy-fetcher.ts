import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Io } from '../io.ts';
import { readSettings } from '../settings.ts';
import { builtInRegistry, createDevfileFetcher, type FetcherOptions, type LimitedFetcher } from './devfile-fetcher.ts';

interface LazyOptions extends Pick<FetcherOptions, 'isOffline'> {
  /** The devfile's repository came from elsewhere, and nobody agreed to it yet. */
  readonly isFetched: boolean;
}

interface LazyFetcher extends LimitedFetcher {
  /** True while nothing was asked for but what Devstead has itself. */
  readonly isUnused: boolean;
}

/** Reads the configuration only when the devfile in a folder refers to another. */
export function createLazyFetcher(io: Io, folder: string, { isFetched, ...rest }: LazyOptions): LazyFetcher {
  let fetcher: LimitedFetcher | undefined;
  let isUnused = true;
  const open = (): LimitedFetcher => {
    const options = isFetched ? { ...rest, fetchedInto: findRepository(folder) } : rest;
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
    get isUnused() {
      return isUnused;
    },
    fetch: async (address, referrer) => {
      const answer = await open().fetch(address, referrer);
      // What Devstead does not have, a registry may, today or when one is configured.
      if (answer.status !== 'fetched' || !answer.location.startsWith(`${builtInRegistry}/`)) isUnused = false;
      return answer;
    },
  };
}

/** The folder of the repository that a folder belongs to; itself where it belongs to none. */
function findRepository(folder: string): string {
  for (let place = folder; dirname(place) !== place; place = dirname(place)) {
    if (existsSync(join(place, '.git'))) return place;
  }
  return folder;
}
