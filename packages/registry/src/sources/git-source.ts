import type { World } from '../world.ts';
import { type KeptSourceSettings, keptSource } from './kept-source.ts';
import type { StackSource } from './stack-source.ts';

export interface GitSourceSettings extends Omit<KeptSourceSettings, 'fetch'> {
  readonly address: string;
  /** Branch, tag or commit. Default: the repository's own. */
  readonly revision?: string;
  readonly world: World;
}

/** Stacks in a Git repository, cloned anew each time: a clone that was cut off or changed is worth nothing. */
export function gitSource({ address, revision, world, ...kept }: GitSourceSettings): StackSource {
  const options = revision === undefined ? {} : { revision };
  return keptSource({ ...kept, fetch: (target, signal) => world.clone(address, target, { ...options, signal }) });
}
