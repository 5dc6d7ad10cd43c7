/**
 * Makes what is published in `dist`: the npm packages `devstead` and `@devstead/devfile`, and their archives. Node.js strips types only outside
 * node_modules, so the TypeScript becomes JavaScript here, as few files, in a tree that is laid out like the repository:
 * code that looks for a file beside itself finds it by the same path.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { rolldown } from 'rolldown';
import { makeArchive, readManifest } from './npm-archive.mjs';
import { packDevfile } from './pack-devfile.mjs';
import { repositoryRoot } from './repository.mjs';

const target = join(repositoryRoot, 'dist/devstead');

/** The command. It and all programs that are started keep the paths they have in the repository. */
const command = ['packages/cli/src/main.mjs'];

/** Programs that work beside the containers. They share no files with the command, of which they would load most. */
const workers = [
  'packages/runtime/src/sandbox/supervisor/main.mjs',
  'packages/runtime/src/container/supervisor/main.mjs',
  'packages/runtime/src/container/exec/main.mjs',
];

/**
 * Loading takes time by the file and by the byte. So there is a file each of what every command needs, of what those on a
 * running workspace need, of `up`, of reading any project, of reading compose projects and of their daily verbs, and of what speaks
 * to a container engine.
 */
const commandFiles = [
  { name: 'program', test: /\/cli\/src\/program\.ts$/, priority: 4 },
  { name: 'start', test: /\/cli\/src\/(?:parse-command-line|attached-process|commands\/exec)\.ts$/, priority: 3 },
  { name: 'up', test: /\/(?:cli\/src\/commands\/up|runtime\/src\/sandbox\/run-step)\.ts$/, priority: 2 },
  {
    name: 'reading',
    test: /\/(?:devfile\/src\/(?:pre-scan|resolve-scalar|codes)|environment\/src\/.*leaves)\.ts$/,
    priority: 2,
  },
  { name: 'project', test: /\/cli\/src\/compose\/judge-compose\.ts$/, priority: 1 },
  {
    name: 'compose',
    test: /\/cli\/src\/(?:commands\/compose|compose\/verbs\/\w+\/define-(?:up|down|lifecycle|exec|ps|logs))\.ts$/,
    priority: 0,
  },
  { name: 'engine', test: /\/runtime\/src\/container\/(?:observe|run-step|find-workspace-engine)\.ts$/, priority: 1 },
];

/** Files that are read or run as they are. */
const assets = [
  'bin/devstead',
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  'packages/runtime/recipes',
  'packages/runtime/src/images/steps',
  'packages/runtime/src/sandbox/launcher.pl',
  'packages/runtime/src/sandbox/launcher-network.pl',
  'packages/runtime/src/sandbox/index-relay.pl',
  'packages/runtime/src/sandbox/supervisor/guard.sh',
  'packages/runtime/src/container/hub/hub.pl',
  'packages/registry/shipped',
  'packages/cli/schemas',
  'packages/cli/src/index-clients/shell',
];

/** What the package index and the registry alone need: much of it, and loaded by no other command. npm installs it beside. */
const ofServers = Object.fromEntries(
  ['pyindex', 'registry']
    .flatMap((name) => Object.entries(readManifest(`packages/${name}/package.json`).dependencies))
    .filter(
      // The runtime has this one in its bundle already.
      ([name]) => !name.startsWith('@devstead/') && name !== 'yauzl',
    ),
);

/** Where the library is that reads YAML, which npm installs as seventy files: as one it is loaded five times as fast. */
const yamlFile = 'lib/yaml.mjs';

/**
 * Has YAML read by the file of its own. It is loaded only where something is to be read anew, by configuration in the midst
 * of a function.
 * @type {import('rolldown').Plugin}
 */
const takeYaml = {
  name: 'take-yaml',
  transform(code, id) {
    const name = relative(dirname(id), join(repositoryRoot, yamlFile)).split(sep).join('/');
    return code.replaceAll("createRequire(import.meta.url)('yaml')", `createRequire(import.meta.url)('${name}')`);
  },
  renderChunk(code, { fileName }) {
    const name = relative(dirname(fileName), yamlFile).split(sep).join('/');
    const path = JSON.stringify(name.startsWith('.') ? name : `./${name}`);
    const taken = code.replaceAll(/(?<=^import [^;]*from )"yaml"(?=;$)|(?<=\bimport\()"yaml"(?=\))/gm, path);
    const left = /^.*\b(?:from|import|import\(|require\() ?["']yaml["'].*$/m.exec(taken);
    if (left !== null) throw new Error(`not understood: ${left[0]}`);
    return taken;
  },
};

/** Makes the one file of the library that reads YAML, with its licence. */
async function bundleYaml() {
  const entry = 'yaml-library';
  const installed = createRequire(join(repositoryRoot, 'packages/cli/package.json'));
  const library = installed.resolve('yaml');
  const names = Object.keys(installed(library)).join(', ');
  const build = await rolldown({
    input: entry,
    platform: 'node',
    plugins: [
      {
        name: entry,
        resolveId: (id) => (id === entry ? `\0${entry}` : null),
        load: (id) =>
          id === `\0${entry}`
            ? `import yaml from ${JSON.stringify(library)};\nexport const { ${names} } = yaml;`
            : null,
      },
    ],
  });
  const licence = readFileSync(join(dirname(library), '../LICENSE'), 'utf8').trimEnd();
  await build.write({ file: join(target, yamlFile), format: 'esm', minify: true, postBanner: `/*!\n${licence}\n*/` });
  await build.close();
}

/**
 * Each module keeps the address it has in the repository, whatever file it becomes part of.
 * @type {import('rolldown').Plugin}
 */
const keepAddresses = {
  name: 'keep-addresses',
  transform(code, id) {
    if (!code.includes('import.meta.url')) return null;
    const path = relative(repositoryRoot, id).split(sep).join('/');
    return code.replaceAll('import.meta.url', `__address(${JSON.stringify(path)})`);
  },
  renderChunk(code, { fileName }) {
    if (!code.includes('__address(')) return null;
    const top = `${relative(dirname(fileName), '.') || '.'}/`;
    return `const __address = (path) => new URL(${JSON.stringify(top)} + path, import.meta.url).href;\n${code}`;
  },
};

/**
 * Takes Node's own modules from the process. An `import` of one looks at all it exports, by which Node loads much that nobody
 * asks for: all of its cryptography, workers, the console's history.
 * @type {import('rolldown').Plugin}
 */
const takeBuiltins = {
  name: 'take-builtins',
  renderChunk(code) {
    const taken = code.replaceAll(
      /^import (?:(?<whole>[\w$]+)|\* as (?<space>[\w$]+)|(?:(?<both>[\w$]+), )?\{(?<names>[^}]*)\}) from "(?<module>node:[\w/]+)";$/gm,
      (...match) => {
        const { whole, space, both, names, module } = match.at(-1);
        const of = `process.getBuiltinModule(${JSON.stringify(module)})`;
        const single = whole ?? space ?? both;
        return [
          ...(single === undefined ? [] : [`const ${single} = ${of};`]),
          ...(names === undefined ? [] : [`const {${names.replaceAll(/ as /g, ': ')}} = ${single ?? of};`]),
        ].join(' ');
      },
    );
    const left = /^import [^;]*"node:[^;]*;$/m.exec(taken);
    if (left !== null) throw new Error(`not understood: ${left[0]}`);
    return taken;
  },
};

/** What is imported only when it is needed stays apart: as one file all of it would be loaded by every command. */
async function bundle(programs, groups) {
  const build = await rolldown({
    input: Object.fromEntries(programs.map((path) => [path.replace(/\.mjs$/, ''), join(repositoryRoot, path)])),
    platform: 'node',
    external: ['yaml', ...Object.keys(ofServers)].map((name) => new RegExp(`^${RegExp.escape(name)}(?:/|$)`)),
    plugins: [takeYaml, keepAddresses, takeBuiltins],
    logLevel: 'warn',
  });
  await build.write({
    dir: target,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'lib/[name]-[hash].mjs',
    codeSplitting: { groups },
    minify: true,
  });
  await build.close();
}

/** What is kept in caches is good for this very content: the name of the file in `build-id` stands for all of it. */
function writeBuildId() {
  const hash = createHash('sha256');
  for (const name of readdirSync(target, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(target, name);
    if (statSync(path).isFile()) hash.update(`${name}\0`).update(readFileSync(path));
  }
  mkdirSync(join(target, 'build-id'));
  writeFileSync(join(target, 'build-id', hash.digest('hex').slice(0, 16)), '');
}

function writeManifest() {
  const { version, description, license } = readManifest('packages/cli/package.json');
  const { optionalDependencies } = readManifest('package.json');
  const manifest = {
    name: 'devstead',
    version,
    description,
    license,
    type: 'module',
    bin: { devstead: 'bin/devstead' },
    engines: { node: '>=18' },
    dependencies: ofServers,
    optionalDependencies,
  };
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

rmSync(dirname(target), { recursive: true, force: true });
mkdirSync(target, { recursive: true });
await bundle(command, commandFiles);
await bundle(workers, []);
await bundleYaml();
for (const asset of assets) cpSync(join(repositoryRoot, asset), join(target, asset), { recursive: true });
writeManifest();
writeBuildId();
makeArchive(target);
await packDevfile(join(dirname(target), 'devfile'));
