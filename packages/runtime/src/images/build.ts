import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '@devstead/kit';
import { systemPath } from '../process/run-process.ts';
import { writeAptSetup } from './apt-setup.ts';
import { type BuiltLayer, buildLayer } from './build-layer.ts';
import type { BuildOptions } from './build-options.ts';
import { giveFolder, openBuildRoom, roomPaths } from './build-room.ts';
import { isOwned, nameOwner } from './owned-name.ts';
import { packagesFolder } from './packages.ts';
import { baseName, readRecipe } from './recipe.ts';
import type { ImageStore } from './store.ts';
import type { ImageRecord, Recipe } from './types.ts';

export type { BuildOptions, BuildProgress } from './build-options.ts';

/** Free space a build must find: the layer, its packages, and what is removed at its end. */
const neededBytes = 1.5 * 2 ** 30;

/**
 * Makes an image from its recipe, and the base first where it is missing, and puts it into the store; returns at once
 * what the store already has from the same recipe. A second build of the same image waits for the first.
 * Throws IMAGE_BUILD_FAILED with the last lines printed, MACHINE_LACKS, or INTERRUPTED; nothing half-made stays.
 */
export async function buildImage(recipe: Recipe, options: BuildOptions): Promise<ImageRecord> {
  const { store, signal } = options;
  const present = options.isForced ? undefined : findBuilt(store, recipe);
  if (present !== undefined) return present;
  const report = options.onProgress ?? (() => undefined);
  const started = Date.now();
  const base = recipe.name === baseName ? undefined : await buildBase(recipe, options);
  const sayWaiting = (): void =>
    report({ image: recipe.name, step: 'wait', text: 'another build of this image is on' });
  const notice = setTimeout(sayWaiting, 300);
  try {
    return await store.lock(`image-${recipe.name}`, signal, async () => {
      clearTimeout(notice);
      const madeMeanwhile = findBuilt(store, recipe);
      const isNew = madeMeanwhile !== undefined && Date.parse(madeMeanwhile.createdAt) >= started;
      if (madeMeanwhile !== undefined && (isNew || !options.isForced)) return madeMeanwhile;
      const record = await buildInRoom(recipe, base, options);
      report({ image: recipe.name, step: 'done', text: `${Math.round(record.sizeBytes / 1e6)} MB` });
      return record;
    });
  } finally {
    clearTimeout(notice);
  }
}

function findBuilt(store: ImageStore, recipe: Recipe): ImageRecord | undefined {
  const record = store.read(recipe.name);
  return record?.recipeDigest === recipe.digest ? record : undefined;
}

async function buildBase(recipe: Recipe, options: BuildOptions): Promise<ImageRecord> {
  const base = await readRecipe(join(dirname(recipe.folder), baseName));
  return buildImage(base, { ...options, isForced: false });
}

async function buildInRoom(recipe: Recipe, base: ImageRecord | undefined, options: BuildOptions): Promise<ImageRecord> {
  const { store, signal } = options;
  checkPrograms();
  checkSpace(store.folder);
  const room = await openBuildRoom({ images: store.folder, packages: packagesFolder(options), idMap: options.idMap });
  const building = join(store.folder, 'building');
  const name = `${recipe.name}-${nameOwner()}`;
  const remove = async (names: readonly string[]): Promise<void> => {
    if (names.length === 0) return;
    const args = [roomPaths.images, `building/trash-${nameOwner()}`, ...names.map((one) => `building/${one}`)];
    await room.runStep('remove', args, 'removing what is half-made', { isCaller: true });
  };
  try {
    await remove(readdirSync(building).filter((one) => !isOwned(one) || one === name));
    const folder = join(building, name);
    const inside = `${roomPaths.images}/building/${name}`;
    giveFolder(folder, options.idMap);
    await room.run(['mkdir', `${inside}/upper`, `${inside}/work`], 'preparing the build');
    // A copy, because the build's own root may not be able to enter the folder the recipe lies in.
    cpSync(recipe.folder, join(folder, 'recipe'), { recursive: true });
    const apt = await writeAptSetup({ ...options, folder, inside, proxies: options.proxies ?? {} });
    const lower = base?.layers[0];
    const lowerInside = lower && `${roomPaths.images}/layers/${lower.replace('sha256:', '')}`;
    const layer = await buildLayer({ room, recipe, inside, lower: lowerInside, apt, options });
    return await store.lock('layers', signal, async () => {
      const target = `layers/${layer.digest.replace('sha256:', '')}`;
      if (!existsSync(store.layerFolder(layer.digest))) {
        await room.run(['mv', '-T', layer.folder, `${roomPaths.images}/${target}`], 'storing the layer');
      }
      const record = describeImage(recipe, recipe.minimal === undefined ? base : undefined, layer);
      store.write(record);
      return record;
    });
  } finally {
    await remove(existsSync(join(building, name)) ? [name] : []).finally(() => room.close());
  }
}

function describeImage(recipe: Recipe, base: ImageRecord | undefined, layer: BuiltLayer): ImageRecord {
  const layers = [...(base?.layers ?? []), layer.digest];
  const hash = createHash('sha256').update(JSON.stringify([recipe.config, layers]));
  return {
    format: 1,
    name: recipe.name,
    digest: `sha256:${hash.digest('hex')}`,
    layers,
    config: recipe.config,
    packages: layer.packages,
    recipeDigest: recipe.digest,
    sizeBytes: layer.sizeBytes + (base?.sizeBytes ?? 0),
    createdAt: new Date().toISOString(),
  };
}

/** Programs that a build runs, and the Debian packages they are in. */
const neededPrograms = [
  ['mmdebstrap', 'mmdebstrap'],
  ['apt-get', 'apt'],
  ['setpriv', 'util-linux'],
] as const;

function checkPrograms(): void {
  const missing = neededPrograms.filter(
    ([program]) => !systemPath.split(':').some((folder) => existsSync(join(folder, program))),
  );
  if (missing.length === 0) return;
  const names = (column: 0 | 1): string => missing.map((row) => row[column]).join(' ');
  throw new AppError('MACHINE_LACKS', `an image build needs programs that are not installed: ${names(0)}`, {
    hint: `Install them: apt-get install ${names(1)}`,
  });
}

function checkSpace(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= neededBytes) return;
  const inMb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  throw new AppError(
    'MACHINE_LACKS',
    `an image build needs ${inMb(neededBytes)} in ${folder}; ${inMb(free)} are free`,
    {
      hint: 'Free some space, for example with `devstead image rm`, or set DEVSTEAD_HOME to a folder on a larger disk.',
    },
  );
}
