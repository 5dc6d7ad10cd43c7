import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fail, findPinnedNode, isNodeRecent, repositoryRoot } from './repository.mjs';

const stampFile = join(repositoryRoot, 'node_modules', '.devstead-installed');

/** Installs what the lock file says, when that is not what node_modules has already. */
export function installNpmPackages() {
  const stamp = computeStamp();
  if (readStamp() === stamp) return;
  process.stdout.write('npm packages: installing what package-lock.json names\n');
  if (isNodeRecent()) runNpm(process.execPath, ['ci']);
  else installWithPinnedNode();
  linkPinnedNode();
  writeFileSync(stampFile, stamp);
}

/**
 * npm leaves out, without a word, every optional package that does not name the running Node.js as supported, and the
 * compiled parts of the tools are such packages. An older Node.js therefore fetches only the pinned one, which then
 * installs everything. It does so from a copy, as npm empties node_modules.
 */
function installWithPinnedNode() {
  runNpm(process.execPath, ['ci', '--omit=dev']);
  const pinned = findPinnedNode();
  if (pinned === undefined) {
    fail(
      `Node.js ${process.version} is too old, and there is no package of a newer one for ${process.platform}-${process.arch}.`,
      'Install Node.js 24 or newer, then run the same command again.',
      4,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'devstead-node-'));
  try {
    const copy = join(folder, basename(pinned));
    copyFileSync(pinned, copy);
    runNpm(copy, ['ci']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * npm scripts find the pinned Node.js by this link. Older npm versions do not make it, as the packages of the other
 * platforms have a program of the same name.
 */
function linkPinnedNode() {
  const pinned = findPinnedNode();
  const link = join(repositoryRoot, 'node_modules', '.bin', 'node');
  if (pinned === undefined || process.platform === 'win32' || existsSync(link)) return;
  symlinkSync(relative(dirname(link), pinned), link);
}

/**
 * @param {string} node program that runs npm
 * @param {readonly string[]} args
 */
function runNpm(node, args) {
  const npm = findNpm();
  // Warnings here would be about the Node.js that only installs, not the one that runs.
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd: repositoryRoot, stdio: /** @type {const} */ (['ignore', 'inherit', 'inherit']) };
  const result =
    npm === undefined
      ? spawnSync('npm', [...args, ...quiet], { ...options, shell: process.platform === 'win32' })
      : spawnSync(node, [npm, ...args, ...quiet], options);
  if (result.status === 0) return;
  const cause = result.error ? result.error.message : `exit code ${result.status ?? result.signal}`;
  fail(
    `"npm ${args.join(' ')}" failed (${cause}).`,
    'Its message above says why. Behind a proxy or with a mirror, set "proxy" or "registry" in your npm configuration; then run the same command again.',
    1,
  );
}

/** @returns {string | undefined} the JavaScript file of npm: the npm that runs now, else the one beside this Node.js. */
function findNpm() {
  const running = process.env.npm_execpath;
  const folder = dirname(process.execPath);
  const places = [
    ...(running !== undefined && basename(running) === 'npm-cli.js' ? [running] : []),
    join(folder, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    '/usr/share/nodejs/npm/bin/npm-cli.js',
  ];
  return places.find((place) => existsSync(place));
}

function computeStamp() {
  const hash = createHash('sha256')
    .update(readFileSync(join(repositoryRoot, 'package-lock.json')))
    .digest('hex');
  return `${hash} ${process.platform}-${process.arch}\n`;
}

function readStamp() {
  try {
    return readFileSync(stampFile, 'utf8');
  } catch {
    return undefined;
  }
}
