import { execFileSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IdMap } from '../../packages/runtime/src/ids/id-map.ts';
import { enterAsInnerRoot, startLoneHolder } from '../../packages/runtime/src/sandbox/holder.ts';

interface Image {
  readonly layers: readonly string[];
  readonly config: { readonly user: string };
}

/** Writes images of the local store as tar files, with the ids they have inside: name, file, user. */
export async function exportImages(
  state: string,
  names: readonly string[],
  folder: string,
): Promise<[string, string, string][]> {
  const idMap = JSON.parse(readFileSync(join(state, 'id-map.json'), 'utf8')) as IdMap;
  const holder = await startLoneHolder(['DEVSTEAD_BENCH', folder], { idMap, network: 'host' });
  try {
    return names.map((name) => {
      const image = JSON.parse(readFileSync(join(state, 'images/records', `${name}.json`), 'utf8')) as Image;
      const tree = join(folder, `tree-${name}`);
      mkdirSync(tree);
      for (const layer of image.layers) {
        execFileSync('cp', ['-a', `${join(state, 'images/layers', layer.replace('sha256:', ''))}/.`, tree]);
      }
      const tar = join(folder, `${name}.tar`);
      const words = [...enterAsInnerRoot(holder), 'tar', '--numeric-owner', '-C', tree, '-cf', '-', '.'];
      execFileSync('env', words, { stdio: ['ignore', openSync(tar, 'w'), 'inherit'] });
      return [name, tar, image.config.user];
    });
  } finally {
    process.kill(holder.pid, 'SIGKILL');
  }
}
