import type { Fetcher } from './fetcher.ts';

const folder = 'file:///repo/';

/** Texts by address, or by path below `file:///repo/`; it keeps what it was asked for. */
export function createMapFetcher(
  files: Readonly<Record<string, string>>,
  registries: readonly string[] = [],
): Fetcher & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  return {
    registries,
    asked,
    fetch: async (address) => {
      asked.push(address);
      const name = address.startsWith(folder) ? address.slice(folder.length) : address;
      const text = files[name];
      if (text === undefined) return { status: 'absent', reason: `there is nothing at ${address}` };
      return { status: 'fetched', text, location: address, file: name };
    },
  };
}
