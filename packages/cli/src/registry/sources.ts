import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { StackSource, World } from '@devstead/registry';
import type { Io } from '../io.ts';
import { readFolders } from '../settings.ts';
import { type AddedSource, readAddedSources } from './added-sources.ts';

/** Where the registry keeps what it has fetched. */
export function registryFolder(io: Io): string {
  return join(readFolders(io).state, 'registry');
}

/** The sources of this user's own registry: those that were added, then what Devstead brings. */
export async function makeSources(io: Io, world: World): Promise<readonly StackSource[]> {
  const { folderSource, shippedFolder } = await import('@devstead/registry');
  const added = await Promise.all(readAddedSources(registryFolder(io)).map((source) => makeSource(io, world, source)));
  return [...added, folderSource(shippedFolder, { name: 'devstead' })];
}

/** A source of stacks as it was added. */
export async function makeSource(io: Io, world: World, source: AddedSource): Promise<StackSource> {
  const { folderSource, gitSource, mirrorSource } = await import('@devstead/registry');
  const { kind, place, revision } = source;
  const kept = sourceFolder(io, source);
  if (kind === 'folder') return folderSource(place);
  if (kind === 'git') {
    return gitSource({
      address: place,
      name: place,
      folder: kept,
      world,
      ...(revision === undefined ? {} : { revision }),
    });
  }
  return mirrorSource({ address: place, folder: join(kept, 'mirror'), world, clock: io.clock });
}

/** Where what comes from elsewhere is kept. */
export function sourceFolder(io: Io, { place, revision = '' }: AddedSource): string {
  const id = createHash('sha256').update(`${place}\n${revision}`).digest('hex').slice(0, 16);
  return join(registryFolder(io), 'sources', id);
}
