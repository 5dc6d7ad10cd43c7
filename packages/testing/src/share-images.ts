import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { imageStore } from './scenario-home.ts';
import type { ThrowAwayUser } from './throw-away-user.ts';

interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

interface IdMap {
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
}

/**
 * Gives a user copies of images that root has, so that they need not be built again: the same files, owned by the ids
 * that stand for the same ids inside the user's containers. Returns the image store.
 */
export async function shareImages(user: ThrowAwayUser, names: readonly string[]): Promise<string> {
  // Looking at the machine decides on the user's id map.
  await user.run(['doctor']);
  const target = join(user.state, 'images');
  const source = imageStore();
  const from = readIdMap(dirname(source));
  const to = readIdMap(user.state);
  for (const folder of ['records', 'layers']) mkdirSync(join(target, folder), { recursive: true });
  user.giveAway(target);
  copyFileSync(join(source, 'format.json'), join(target, 'format.json'));
  const records = names.map((name) => join('records', `${name}.json`));
  for (const record of records) copyFileSync(join(source, record), join(target, record));
  const layers = new Set(
    records.flatMap(
      (record) => (JSON.parse(readFileSync(join(source, record), 'utf8')) as { layers: string[] }).layers,
    ),
  );
  for (const file of ['format.json', ...records]) user.giveAway(join(target, file));
  for (const digest of layers) copyLayer(join('layers', digest.replace('sha256:', '')), { source, target, from, to });
  return target;
}

function readIdMap(stateFolder: string): IdMap {
  return JSON.parse(readFileSync(join(stateFolder, 'id-map.json'), 'utf8')) as IdMap;
}

interface Copying {
  readonly source: string;
  readonly target: string;
  readonly from: IdMap;
  readonly to: IdMap;
}

/** By tar(1), which gives files other owners while it writes them down, so that no mode and no attribute is lost. */
function copyLayer(layer: string, { source, target, from, to }: Copying): void {
  const maps = (['uids', 'gids'] as const).map((kind) => {
    const file = join(target, kind);
    const format = kind === 'uids' ? '%U\\n' : '%G\\n';
    const found = execFileSync('find', [join(source, layer), '-printf', format], { maxBuffer: 2 ** 26 }).toString();
    const ids = [...new Set(found.trim().split('\n'))].map(Number);
    writeFileSync(file, ids.map((id) => `+${id} inside:${outside(to[kind], inside(from[kind], id))}\n`).join(''));
    return file;
  });
  const pack = ['tar', '--create', '--xattrs', '--xattrs-include=*', '-C', source, ...ownerOptions(maps), layer];
  const unpack = ['tar', '--extract', '--xattrs', '--xattrs-include=*', '--numeric-owner', '-p', '-C', target];
  const quote = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');
  execFileSync('bash', ['-c', `set -o pipefail; ${quote(pack)} | ${quote(unpack)}`], { stdio: 'pipe' });
}

function ownerOptions([uids = '', gids = '']: readonly string[]): string[] {
  return [`--owner-map=${uids}`, `--group-map=${gids}`];
}

function inside(ranges: readonly IdRange[], id: number): number {
  const range = ranges.find(({ outside: first, count }) => id >= first && id < first + count);
  if (range === undefined) throw new Error(`a file of an image belongs to ${id}, which no container has`);
  return range.inside + id - range.outside;
}

function outside(ranges: readonly IdRange[], id: number): number {
  const range = ranges.find(({ inside: first, count }) => id >= first && id < first + count);
  if (range === undefined) throw new Error(`the user's containers have no id ${id}`);
  return range.outside + id - range.inside;
}
