import { watch } from 'node:fs';
import { join } from 'node:path';
import { ProjectWatcher } from '@devstead/runtime/watch';

/** Ours, and what else there is. `@parcel/watcher` is measured where it is installed. */
export const watcherNames = ['devstead', 'chokidar', 'fs.watch', '@parcel/watcher'] as const;

export type WatcherName = (typeof watcherNames)[number];

/** Opens a watcher and returns when it is ready; paths are told as absolute ones. Throws what its import throws. */
export async function openWatcher(name: WatcherName, root: string, onPath: (path: string) => void): Promise<void> {
  switch (name) {
    case 'devstead': {
      const onBatch = ({ paths }: { readonly paths: readonly string[] }): void => {
        for (const path of paths) onPath(join(root, path));
      };
      // As watch uses it: with the time it waits for more of the same save.
      await ProjectWatcher.open({ root, onBatch, onNote: (note) => console.error(note) });
      return;
    }
    case 'chokidar': {
      const chokidar = await import('chokidar');
      const watcher = chokidar.watch(root, { ignoreInitial: true });
      watcher.on('all', (_event, path) => onPath(path));
      await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
      return;
    }
    case 'fs.watch':
      watch(root, { recursive: true }, (_event, path) => onPath(join(root, path ?? '')));
      return;
    case '@parcel/watcher': {
      const module: string = '@parcel/watcher';
      const parcel = (await import(module)) as { readonly subscribe: Subscribe };
      await parcel.subscribe(root, (_error, events) => {
        for (const { path } of events) onPath(path);
      });
    }
  }
}

type Subscribe = (
  root: string,
  onEvents: (error: unknown, events: readonly { readonly path: string }[]) => void,
) => Promise<unknown>;
