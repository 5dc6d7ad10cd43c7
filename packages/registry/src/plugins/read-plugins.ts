import { join } from 'node:path';
import { registryLimits } from '../limits.ts';
import { makeDiagnostic, type Report } from '../read/document.ts';
import { listFolder, readTextFile } from '../read/folder-files.ts';
import type { Plugin } from './plugin.ts';
import { readPlugin } from './read-plugin.ts';

/** Reads `plugins/PUBLISHER/NAME/VERSION/meta.yaml` below a folder, or the same below `v3/`. */
export async function readPlugins(folder: string, report: Report): Promise<readonly Plugin[]> {
  const plugins: Plugin[] = [];
  for (const top of ['plugins', 'v3/plugins']) {
    for (const path of await listMetaFolders(folder, top)) {
      if (plugins.length >= registryLimits.stacks) {
        report(
          makeDiagnostic('registry.too-large', 'error', top, `there are more than ${registryLimits.stacks} plugins`),
        );
        return plugins;
      }
      const file = `${top}/${path}/meta.yaml`;
      const text = await readTextFile(join(folder, file), file, report);
      const plugin = text === undefined ? undefined : readPlugin(text, file, report);
      if (plugin === undefined) continue;
      if (plugin.id === path) plugins.push(plugin);
      else report(makeDiagnostic('registry.plugin', 'error', file, `it says that it is ${plugin.id}`));
    }
  }
  return plugins;
}

async function listMetaFolders(folder: string, top: string): Promise<readonly string[]> {
  let paths = [''];
  for (let level = 0; level < 3; level += 1) {
    const next: string[] = [];
    for (const path of paths) {
      for (const { name, isFolder } of await listFolder(join(folder, top, path)))
        if (isFolder) next.push(path === '' ? name : `${path}/${name}`);
    }
    paths = next;
  }
  return paths;
}
