import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fetcher } from './flatten/fetcher.ts';

/** Reads files of this machine; there is no web and no registry. */
export const fileFetcher: Fetcher = {
  registries: [],
  fetch: async (address) => {
    if (!address.startsWith('file:')) return { status: 'failed', reason: 'there is no web here' };
    try {
      const path = fileURLToPath(address);
      return { status: 'fetched', text: readFileSync(path, 'utf8'), location: address, file: basename(path) };
    } catch {
      return { status: 'absent', reason: `there is no file ${address}` };
    }
  },
};
