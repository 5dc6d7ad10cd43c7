import { join } from 'node:path';
import { AppError, findNearestName, systemClock } from '@devstead/kit';
import type { StackLibrary } from '@devstead/registry/client';
import { readFetchAddress } from '../fetch/fetch-address.ts';
import type { Io } from '../io.ts';
import { readFolders, readSettings, type Settings } from '../settings.ts';
import { makeRegistryWorld } from './registry-world.ts';
import { makeSources } from './sources.ts';

/** Where starter projects of own stacks are kept. */
export function starterCache(io: Io): string {
  return join(readFolders(io).cache, 'starters');
}

/**
 * The stacks that can be chosen from, the own ones first: those that Devstead brings and those of the sources that were
 * added, then the registries of the configuration. With addresses, only the registries at these. Throws URL_REFUSED.
 */
export async function openLibraries(
  io: Io,
  addresses: readonly string[] = [],
  settings: Settings = readSettings(io),
): Promise<readonly StackLibrary[]> {
  const { openLocalLibrary, openRemoteLibrary } = await import('@devstead/registry/client');
  const world = makeRegistryWorld(io, settings, { registries: addresses, tellsWaiting: true });
  const trustedHosts = addresses.flatMap((address) => URL.parse(address)?.host ?? []);
  for (const address of addresses) readFetchAddress(address, { allowsPrivate: false, trustedHosts });
  const chosen = addresses.length > 0 ? addresses : settings.devfiles.registries;
  const remote = chosen.map((address) => openRemoteLibrary(address, world));
  if (addresses.length > 0) return remote;
  const { Catalog, StarterArchives } = await import('@devstead/registry');
  const contents = await Promise.all((await makeSources(io, world)).map((source) => source.read(io.signal)));
  const catalog = new Catalog(contents.flatMap(({ stacks }) => stacks));
  const starters = new StarterArchives({ folder: starterCache(io), world, clock: systemClock });
  return [openLocalLibrary('own', catalog, starters), ...remote];
}

/**
 * The first library that has a stack. Registries that cannot be asked are passed over while another one has it. Throws
 * STACK_NOT_FOUND, or what kept a registry from being asked.
 */
export async function findLibrary(libraries: readonly StackLibrary[], stack: string): Promise<StackLibrary> {
  const failures: unknown[] = [];
  const names: string[] = [];
  for (const library of libraries) {
    try {
      const entries = await library.listStacks('all');
      if (entries.some(({ name }) => name === stack)) return library;
      names.push(...entries.map(({ name }) => name));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  const near = findNearestName(stack, names);
  throw new AppError(
    'STACK_NOT_FOUND',
    `there is no stack ${stack}`,
    near === undefined ? {} : { hint: `Do you mean ${near}?` },
  );
}
