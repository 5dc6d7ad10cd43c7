import type { Fetcher } from '@devstead/devfile';
import type { Diagnostic } from '@devstead/kit';
import type { Plugin } from '../plugins/plugin.ts';
import { readPlugins } from '../plugins/read-plugins.ts';
import { readStacks } from '../read/read-stacks.ts';
import type { Stack } from '../types.ts';

/** What a source has at one moment. */
export interface SourceContent {
  readonly stacks: readonly Stack[];
  readonly plugins: readonly Plugin[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Somewhere stacks come from. */
export interface StackSource {
  /** As people know it: a folder, an address. */
  readonly name: string;
  /** Reads everything anew. Throws `AppError` when nothing can be read at all; what was read before then stays. */
  read(signal: AbortSignal): Promise<SourceContent>;
}

/** Stacks in a folder in the official layout. */
export function folderSource(
  folder: string,
  options: { readonly name?: string; readonly fetcher?: Fetcher } = {},
): StackSource {
  const { name = folder, fetcher } = options;
  return { name, read: () => readFolder(folder, fetcher) };
}

export async function readFolder(folder: string, fetcher?: Fetcher): Promise<SourceContent> {
  const { stacks, diagnostics } = await readStacks(folder, fetcher === undefined ? {} : { fetcher });
  const ofPlugins: Diagnostic[] = [];
  const plugins = await readPlugins(folder, (diagnostic) => ofPlugins.push(diagnostic));
  return { stacks, plugins, diagnostics: [...diagnostics, ...ofPlugins] };
}
