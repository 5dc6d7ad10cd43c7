import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from '../world.ts';
import { readFolder, type SourceContent, type StackSource } from './stack-source.ts';

export interface GitSourceSettings {
  readonly address: string;
  /** Branch, tag or commit. Default: the repository's own. */
  readonly revision?: string;
  /** Where clones are kept; nobody else writes there. */
  readonly folder: string;
  readonly world: World;
  /** As it is shown: without credentials. */
  readonly name: string;
}

/**
 * Stacks in a Git repository, cloned anew each time, since a clone that was cut off or changed is worth nothing. The clone
 * before stays until the one after next: archives in it may still be on their way to somebody.
 */
export function gitSource({ address, revision, folder, world, name }: GitSourceSettings): StackSource {
  let current: string | undefined;
  let before: string | undefined;
  return {
    name,
    async read(signal): Promise<SourceContent> {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if (current === undefined) await removeOthers(folder, []);
      const stage = await mkdtemp(join(folder, 'clone-'));
      const target = join(stage, 'repository');
      try {
        await world.clone(address, target, { signal, ...(revision === undefined ? {} : { revision }) });
        const content = await readFolder(target);
        before = current;
        current = stage;
        return content;
      } finally {
        await removeOthers(folder, current === stage ? [stage, before] : [current, before]);
      }
    },
  };
}

async function removeOthers(folder: string, kept: readonly (string | undefined)[]): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (name.startsWith('clone-') && !kept.includes(path)) await rm(path, { recursive: true, force: true });
  }
}
