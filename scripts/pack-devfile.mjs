import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { rolldown } from 'rolldown';
import { makeArchive, readManifest } from './npm-archive.mjs';
import { fail, repositoryRoot, requireNode } from './repository.mjs';

const entries = { index: 'packages/devfile/src/index.ts', language: 'packages/devfile/src/language/index.ts' };

/**
 * Makes `@devstead/devfile` for npm: JavaScript for Node.js, browsers and bundlers, with declarations and what it takes
 * from other packages of this repository; `yaml` is a dependency. Prints the archive's name.
 * @param {string} target folder to write
 */
export async function packDevfile(target) {
  mkdirSync(target, { recursive: true });
  await bundle(target);
  declare(target);
  cpSync(join(repositoryRoot, 'packages/devfile/README.md'), join(target, 'README.md'));
  cpSync(join(repositoryRoot, 'LICENSE'), join(target, 'LICENSE'));
  writeManifest(target);
  makeArchive(target);
}

/** @param {string} target */
async function bundle(target) {
  const build = await rolldown({
    input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(repositoryRoot, path)])),
    platform: 'neutral',
    external: ['yaml'],
    logLevel: 'warn',
  });
  await build.write({
    dir: join(target, 'lib'),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  });
  await build.close();
}

/**
 * Writes the declarations that the entries lead to. Those of the repository's other packages come along, named by their
 * place instead of their package.
 * @param {string} target
 */
function declare(target) {
  const all = `${target}-types`;
  const config = `${target}-types.json`;
  const options = { noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: all };
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(repositoryRoot, 'tsconfig.json'),
      compilerOptions: {
        ...options,
        rootDir: join(repositoryRoot, 'packages'),
        // By its package's name it would count as somebody else's.
        paths: { '@devstead/kit': [join(repositoryRoot, 'packages/kit/src/index.ts')] },
      },
      include: [],
      files: Object.values(entries).map((path) => join(repositoryRoot, path)),
    }),
  );
  const tsc = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
  const result = spawnSync(requireNode(), [tsc, '-p', config], { encoding: 'utf8' });
  if (result.status !== 0) fail(`the declarations failed: ${result.stdout}`, 'Mend what tsc names.', 1);
  const found = new Set();
  for (const path of Object.values(entries)) copyDeclarations(toDeclaration(path), found, all, join(target, 'types'));
  rmSync(all, { recursive: true });
  rmSync(config);
}

/** @param {string} path of a source in the repository */
function toDeclaration(path) {
  return path.replace(/^packages\//, '').replace(/\.ts$/, '.d.ts');
}

/**
 * @param {string} name below the folder of all declarations
 * @param {Set<string>} found those done
 * @param {string} from
 * @param {string} to
 */
function copyDeclarations(name, found, from, to) {
  if (found.has(name)) return;
  found.add(name);
  const text = readFileSync(join(from, name), 'utf8').replaceAll(
    /(from|import\()(\s*)(['"])([^'"]+)\.ts\3|(from|import\()(\s*)(['"])@devstead\/kit\7/g,
    (_all, word, space, quote, path, kitWord, kitSpace, kitQuote) => {
      const target = path === undefined ? 'kit/src/index' : join(dirname(name), path);
      copyDeclarations(`${target}.d.ts`, found, from, to);
      const shown = relative(dirname(name), target).split(sep).join('/');
      const place = shown.startsWith('.') ? shown : `./${shown}`;
      return `${word ?? kitWord}${space ?? kitSpace}${quote ?? kitQuote}${place}.js${quote ?? kitQuote}`;
    },
  );
  mkdirSync(dirname(join(to, name)), { recursive: true });
  writeFileSync(join(to, name), text);
}

/** @param {string} target */
function writeManifest(target) {
  const { version, description, license, dependencies } = readManifest('packages/devfile/package.json');
  const manifest = {
    name: '@devstead/devfile',
    version,
    description,
    license,
    type: 'module',
    sideEffects: false,
    exports: {
      '.': { types: './types/devfile/src/index.d.ts', default: './lib/index.js' },
      './language': { types: './types/devfile/src/language/index.d.ts', default: './lib/language.js' },
    },
    files: readdirSync(target).sort(),
    dependencies: { yaml: dependencies.yaml },
  };
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
