import { constants, copyFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { AppError, findNearestName } from '@devstead/kit';
import type { Catalog } from '../catalog/catalog.ts';
import { findVersion } from '../catalog/find-version.ts';
import type { StarterArchives } from '../starters/starter-archives.ts';
import type { StackContent } from '../types.ts';
import type { StackLibrary } from './stack-library.ts';

/** The stacks of folders on this machine, without a server. */
export function openLocalLibrary(name: string, catalog: Catalog, starters: StarterArchives): StackLibrary {
  const find = (stack: string, version = 'default'): StackContent => {
    const found = findVersion(catalog.find(stack), version);
    if (!('missing' in found)) return found.content;
    const entry = catalog.find(stack)?.entry;
    if (entry !== undefined && found.missing === 'version') {
      const versions = entry.versions?.map((each) => each.version).join(', ') ?? 'none';
      throw new AppError('STACK_NOT_FOUND', `there is no version ${version} of ${stack}; there is ${versions}`);
    }
    const near = findNearestName(
      stack,
      catalog.stacks.map((each) => each.entry.name),
    );
    throw new AppError(
      'STACK_NOT_FOUND',
      `there is no stack ${stack}`,
      near === undefined ? {} : { hint: `Do you mean ${near}?` },
    );
  };
  return {
    name,
    listStacks: (type = 'stack') => Promise.resolve(catalog.listEntries(type) ?? []),
    readDevfile: async (stack, version) => {
      const { devfile, devfileName, folder } = find(stack, version);
      return { text: devfile, location: pathToFileURL(`${folder}/${devfileName}`).href };
    },
    saveStarter: async (stack, starter, file, version) => {
      const content = find(stack, version);
      const reference = content.starters.find((each) => each.name === starter);
      if (reference === undefined)
        throw new AppError('STACK_NOT_FOUND', `there is no starter project ${starter} of ${stack}`);
      const { path } = await starters.find(content, reference);
      await copyFile(path, file, constants.COPYFILE_EXCL);
    },
    readFiles: async (stack, version) => find(stack, version).files.filter(({ path }) => path !== 'archive.tar'),
  };
}
