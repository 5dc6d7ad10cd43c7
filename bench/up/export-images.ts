import { execFileSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Image {
  readonly layers: readonly string[];
  readonly config: { readonly user: string };
}

interface Ranges {
  readonly uids: readonly { readonly outside: number; readonly count: number }[];
}

/** Writes images of the local store as tar files, with the ids they have inside: name, file, user. For root only. */
export function exportImages(state: string, names: readonly string[], folder: string): [string, string, string][] {
  const { uids } = JSON.parse(readFileSync(join(state, 'id-map.json'), 'utf8')) as Ranges;
  const [range] = uids;
  if (uids.length !== 1 || range === undefined) throw new Error('this benchmark runs as root');
  return names.map((name) => {
    const image = JSON.parse(readFileSync(join(state, 'images/records', `${name}.json`), 'utf8')) as Image;
    const tree = join(folder, `tree-${name}`);
    mkdirSync(tree);
    for (const layer of image.layers) execFileSync('cp', ['-a', `${join(state, 'images/layers', layer.replace('sha256:', ''))}/.`, tree]);
    const tar = join(folder, `${name}.tar`);
    // Ids are shifted back by a user namespace in which the store's ids are the container's.
    execFileSync('unshare', ['--user', `--map-users=${range.outside},0,${range.count}`, `--map-groups=${range.outside},0,${range.count}`, '--setuid', '0', '--setgid', '0', 'tar', '--numeric-owner', '-C', tree, '-cf', '-', '.'], {
      stdio: ['ignore', openSync(tar, 'w'), 'inherit'],
    });
    return [name, tar, image.config.user];
  });
}
