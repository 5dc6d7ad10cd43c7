import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { MirrorProgress, StackSource, World } from '@devstead/registry';
import { withoutCredentials } from '@devstead/runtime';
import type { Io } from '../io.ts';
import { readFolders } from '../settings.ts';
import { type AddedSource, readAddedSources } from './added-sources.ts';

/** Where the registry keeps what it has fetched. */
export function registryFolder(io: Io): string {
  return join(readFolders(io).state, 'registry');
}

/** How old copies of what comes from elsewhere may be; absent: any that are there are taken. */
export interface MaxAges {
  readonly gitMs: number;
  readonly registryMs: number;
}

const anyAge: MaxAges = { gitMs: Number.POSITIVE_INFINITY, registryMs: Number.POSITIVE_INFINITY };

/** The sources of this user's own registry: those that were added, then what Devstead brings. */
export async function makeSources(io: Io, world: World, ages: MaxAges = anyAge): Promise<readonly StackSource[]> {
  const { folderSource, shippedFolder } = await import('@devstead/registry');
  const sources = readAddedSources(registryFolder(io));
  const added = await Promise.all(sources.map((source) => makeSource(io, world, source, ages)));
  return [...added, folderSource(shippedFolder, { name: 'devstead' })];
}

/** A source of stacks as it was added. */
export async function makeSource(
  io: Io,
  world: World,
  source: AddedSource,
  { gitMs, registryMs }: MaxAges = anyAge,
  onProgress: (progress: MirrorProgress) => void = () => undefined,
): Promise<StackSource> {
  const { folderSource, gitSource, mirrorSource } = await import('@devstead/registry');
  const { kind, place, revision } = source;
  if (kind === 'folder') return folderSource(place);
  const { clock } = io;
  const kept = { name: withoutCredentials(place), folder: sourceFolder(io, source), address: place, world, clock };
  if (kind === 'registry') return mirrorSource({ ...kept, maxAgeMs: registryMs, onProgress });
  return gitSource({ ...kept, maxAgeMs: gitMs, ...(revision === undefined ? {} : { revision }) });
}

/** Where what comes from elsewhere is kept. */
export function sourceFolder(io: Io, { place, revision = '' }: AddedSource): string {
  const id = createHash('sha256').update(`${place}\n${revision}`).digest('hex').slice(0, 16);
  return join(registryFolder(io), 'sources', id);
}
