import { type Devfile1Result, type Fetcher, readDevfile1 } from '@devstead/devfile';
import type { EnvironmentReading } from '../from-devfile/read-environment.ts';
import { readEnvironmentFromDevfile1 } from './read-environment.ts';

/** Reads a devfile 1.0.0 at `https://git.example/shop/devfile.yaml`, with the texts at other addresses. */
export async function readText1(
  text: string,
  texts: Readonly<Record<string, string>> = {},
): Promise<EnvironmentReading & { readonly read: Devfile1Result }> {
  const fetcher: Fetcher = {
    registries: [],
    pluginRegistries: ['https://plugins.example/v3'],
    fetch: async (address) => {
      const found = texts[address.replace('https://git.example/shop/', '')];
      if (found === undefined) return { status: 'absent', reason: `there is nothing at ${address}` };
      return { status: 'fetched', text: found, location: address, file: address.split('/').at(-1) ?? '' };
    },
  };
  const location = 'https://git.example/shop/devfile.yaml';
  const read = await readDevfile1(text, { file: 'devfile.yaml', location, fetcher });
  const { devfile } = read;
  if (devfile === undefined) throw new Error(JSON.stringify(read.diagnostics, null, 2));
  return {
    read,
    ...readEnvironmentFromDevfile1({ ...read, devfile }, { file: 'devfile.yaml', fallbackName: 'folder' }),
  };
}
