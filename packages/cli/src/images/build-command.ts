import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, exitCode } from '@devstead/kit';
import { listOwnRecipes, type Recipe } from '@devstead/runtime/images';
import { type Command, Option } from 'commander';
import { collect } from '../collect.ts';
import { formatBytes } from '../format-amount.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { type Cell, renderTable } from '../render-table.ts';
import { readSettings, type Settings } from '../settings.ts';
import { buildImages } from './build-images.ts';
import { isContextAddress } from './context-address.ts';
import type { DockerfileOptions } from './dockerfile/build-from-dockerfile.ts';
import { selectNames } from './select-names.ts';

interface BuildCommandOptions extends DockerfileOptions {
  readonly all?: boolean;
  readonly force?: boolean;
}

const help = `
PATH is the folder of the build's context; without one it is this folder. It may be the address of a Git repository, with a
branch, tag or commit and a folder behind it. A word that is a recipe's name builds that recipe; ./NAME always means the folder. FROM finds images as \`devstead up\` does: recipes stand in for images, and this is said.

RUN steps reach the internet and the package index, trust this machine's CA certificates, and get its proxies; none of it stays
in the image. Files get one time (--timestamp, SOURCE_DATE_EPOCH), so that the same context gives the same image.

Examples:
  devstead image build -t team/app:1.2 .
  devstead image build -f docker/Dockerfile --target runtime --build-arg VERSION=1.2 .
  devstead image build --secret id=token,src=token.txt .
  devstead image build --ssh default .
  devstead image build https://git.example.com/team/app.git#v1.2:docker
  devstead image build --all
  devstead image build --force python
`;

/** `devstead image build`: images from Dockerfiles and from recipes. */
export function defineBuild(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Build an image from a Dockerfile, or images from their recipes.')
    .argument('[path-or-recipes...]', 'the folder of a Dockerfile, or names of recipes')
    .option('-f, --file <file>', 'the Dockerfile; default: Dockerfile or Containerfile in PATH')
    .option('-t, --tag <name>', 'what the image is called; may be given several times', collect)
    .option('--target <stage>', 'the stage to build; default: the last')
    .option('--build-arg <NAME=VALUE>', 'a value for an ARG; may be given several times', collect)
    .option('--build-context <NAME=FOLDER>', 'a further context; also a repository, or docker-image://NAME', collect)
    .option('--secret <id=NAME,src=FILE>', 'a secret for RUN --mount=type=secret; also env=VARIABLE', collect)
    .option('--ssh <ID=FILE>', 'SSH keys for RUN --mount=type=ssh: default is your agent; also ID=SOCKET', collect)
    .option('--allow-secrets', 'build also what would leave a secret in a layer')
    .option('--label <NAME=VALUE>', 'a label of the image', collect)
    .option('--add-host <NAME:ADDRESS>', 'a name for RUN steps', collect)
    .addOption(new Option('--network <network>', 'what RUN steps reach').choices(['default', 'none', 'host']))
    .option('--timestamp <time>', 'the time of all files: seconds since 1970 or a date')
    .option('--no-cache', 'use no layer of earlier builds')
    .option('--pull', 'ask registries for newer base images')
    .option('--all', 'every recipe')
    .option('--force', 'also recipes whose image is up to date')
    .addOption(outputOption())
    .addHelpText('after', help)
    .action(async (words: readonly string[], options: BuildCommandOptions) => {
      const settings = readSettings(io);
      const recipes = await listOwnRecipes(settings.cacheFolder);
      const path = choosePath(io, words, options, recipes);
      if (path === undefined) await buildRecipes(io, settings, recipes, words, options);
      else {
        // Builds of recipes do not pay for what reads Dockerfiles.
        const { buildFromDockerfile } = await import('./dockerfile/build-from-dockerfile.ts');
        await buildFromDockerfile(io, settings, path, options);
      }
      done(exitCode.done);
    });
}

/** The folder to build from; undefined where recipes are meant. */
function choosePath(
  io: Io,
  words: readonly string[],
  options: BuildCommandOptions,
  recipes: readonly Recipe[],
): string | undefined {
  const isForDockerfile = options.file !== undefined || options.tag !== undefined || options.target !== undefined;
  if (options.all === true || options.force === true) {
    if (isForDockerfile)
      throw new AppError('USAGE', '--all and --force are for recipes, -f, -t and --target for Dockerfiles');
    return undefined;
  }
  const [first, ...others] = words;
  if (first === undefined) return '.';
  if (isContextAddress(first) && others.length === 0) return first;
  const isRecipe = recipes.some(({ name }) => name === first);
  if (!isForDockerfile && isRecipe) return undefined;
  const isFolder = existsSync(resolve(io.cwd, first)) && statSync(resolve(io.cwd, first)).isDirectory();
  if (!isFolder && !isForDockerfile && /^[a-z][a-z0-9-]*$/.test(first)) return undefined;
  if (others.length > 0) throw new AppError('USAGE', 'a Dockerfile has one context: name one folder');
  return first;
}

async function buildRecipes(
  io: Io,
  settings: Settings,
  recipes: readonly Recipe[],
  names: readonly string[],
  options: BuildCommandOptions,
): Promise<void> {
  const chosen = selectNames(
    names,
    options.all === true,
    recipes.map(({ name }) => name),
  );
  const images = await buildImages(
    io,
    settings,
    recipes.filter(({ name }) => chosen.includes(name)),
    options.force === true,
  );
  const result = { schemaVersion: 'image-build/v1', images };
  writeResult(io, options.output, result, () => {
    const rows = images.map(({ name, sizeBytes, isNew }): Cell[] => [
      name,
      formatBytes(sizeBytes),
      isNew ? 'built' : 'cached',
    ]);
    return renderTable(rows, { hasColour: io.stdout.hasColour });
  });
}
