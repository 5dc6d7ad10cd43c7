import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AptSetup } from './apt-setup.ts';
import { release } from './apt-sources.ts';
import type { BuildOptions, BuildProgress } from './build-options.ts';
import { type BuildRoom, readStep, roomPaths } from './build-room.ts';
import { cutLayer } from './minimal/cut-layer.ts';
import { preparePackages } from './packages.ts';
import type { StepOptions } from './run-build-step.ts';
import { digestCommand } from './tree-digest.ts';
import type { InstalledPackage, Recipe } from './types.ts';

/** The time given to everything that a build writes: 2023-06-10, in seconds since 1970. */
const sourceEpoch = 1_686_355_200;

/** A finished layer, still in the build's folder. */
export interface BuiltLayer {
  /** As seen in the room. */
  readonly folder: string;
  readonly digest: string;
  readonly sizeBytes: number;
  /** All packages of the image: the base's too, unless it keeps only a part of them. */
  readonly packages: readonly InstalledPackage[];
}

interface LayerJob {
  readonly room: BuildRoom;
  readonly recipe: Recipe;
  /** The build's folder, as seen in the room: `upper/` becomes the layer. */
  readonly inside: string;
  /** The layer below, as seen in the room; absent for the base itself. */
  readonly lower: string | undefined;
  readonly apt: AptSetup;
  readonly options: BuildOptions;
}

/** Makes a layer: download, install, finish, clean, and for a minimal image cut; then one digest over it. */
export async function buildLayer(job: LayerJob): Promise<BuiltLayer> {
  const { room, recipe, inside, lower } = job;
  const started = Math.floor(Date.now() / 1000) - 2;
  const { root } = roomPaths;
  const signal = job.options.signal;
  if (lower === undefined) await installBase(job);
  else await installLayer(job);

  const { minimal } = recipe;
  if (minimal !== undefined) await runInRoot(job, 'nonroot', [root], 'making the users of the image');
  if (existsSync(join(recipe.folder, 'finish.sh'))) {
    report(job, 'finish', 'setting up');
    const script = `${inside}/recipe/finish.sh`;
    const env = { HOME: '/root', SOURCE_DATE_EPOCH: String(sourceEpoch) };
    await runInRoot(job, 'finish', [root, script], `the last step of the recipe ${recipe.name}`, { env });
  }
  report(job, 'store', 'cleaning and computing the digest');
  const hasOwnSources = job.apt.sources.length > 0 ? 'yes' : 'no';
  await runInRoot(job, 'clean', [root, hasOwnSources], 'cleaning the image');
  const packages = parseInventory(await runInRoot(job, 'inventory', [root], 'reading the list of packages'));
  const folder = `${inside}/${minimal === undefined ? 'upper' : 'cut'}`;
  if (minimal !== undefined) {
    const what = 'cutting out what the image keeps';
    await cutLayer(minimal, {
      root,
      target: folder,
      runStep: (step, args, feed) => runInRoot(job, step, args, what, { feed }),
    });
  }
  await room.runStep('seal', [folder, String(started), String(sourceEpoch)], 'setting times', { signal });
  const digest = await room.run(digestCommand(folder), 'computing the digest', { signal });
  const size = await room.run(['du', '--summarize', '--bytes', folder], 'measuring the layer', { signal });
  return {
    folder,
    digest: `sha256:${digest.trim()}`,
    sizeBytes: Number.parseInt(size, 10),
    packages: minimal === undefined ? packages : packages.filter(({ name }) => minimal.packages.includes(name)),
  };
}

async function installBase(job: LayerJob): Promise<void> {
  const { inside, recipe, apt, room, options } = job;
  report(job, 'install', `Debian ${release}`);
  const setup = [roomPaths.root, roomPaths.room, `${inside}/transport.conf`, release, recipe.packages.join(',')];
  const argv = ['sh', '-euc', readStep('base'), 'base', ...setup, ...apt.sources];
  await options.store.lock('packages', options.signal, () =>
    room.runStep('in-root', [roomPaths.room, inside, '', ...argv], 'making the base', {
      env: apt.env,
      signal: options.signal,
      onLine: (line) => {
        const step = /^I: (.+?)(\.\.\.)?$/.exec(line)?.[1];
        if (step !== undefined && !/^skipping|hook|^success|^chroot/.test(step)) report(job, 'install', step);
      },
    }),
  );
}

async function installLayer(job: LayerJob): Promise<void> {
  const { recipe, inside, apt } = job;
  const env = { ...apt.env, APT_CONFIG: `${inside}/apt.conf`, DEBIAN_FRONTEND: 'noninteractive' };
  if (recipe.packages.length > 0) {
    report(job, 'download', recipe.packages.join(', '));
    await preparePackages(job.options, (update) =>
      runInRoot(job, 'download', [update, ...recipe.packages], 'downloading packages', { env }).then(() => undefined),
    );
    report(job, 'install', recipe.packages.join(', '));
  }
  const args = [roomPaths.root, `${inside}/recipe`, ...recipe.packages];
  await runInRoot(job, 'install', args, `installing the packages of ${recipe.name}`, { env });
}

interface InRootOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly feed?: StepOptions['feed'];
}

/** Runs a step with the image put together at the room's root. */
function runInRoot(
  job: LayerJob,
  step: string,
  args: readonly string[],
  what: string,
  { env = {}, feed }: InRootOptions = {},
): Promise<string> {
  const argv = ['sh', '-euc', readStep(step), step, ...args];
  return job.room.runStep('in-root', [roomPaths.room, job.inside, job.lower ?? '', ...argv], what, {
    env,
    signal: job.options.signal,
    ...(feed === undefined ? {} : { feed }),
    onLine: (line) => {
      // What apt says on its status channel: kind, package, percent, words.
      const [, kind, percent = '', text = ''] = /^(dl|pm)status:[^:]*:([\d.]+):(.*)$/.exec(line) ?? [];
      if (kind !== undefined) report(job, kind === 'dl' ? 'download' : 'install', text, Math.round(Number(percent)));
    },
  });
}

function report(job: LayerJob, step: BuildProgress['step'], text: string, percent?: number): void {
  job.options.onProgress?.({ image: job.recipe.name, step, text, ...(percent === undefined ? {} : { percent }) });
}

/** Lines `name<TAB>version`, as the step `inventory` prints them. */
function parseInventory(listing: string): InstalledPackage[] {
  return listing
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
    .map(([name = '', version = '']) => ({ name, version }));
}
