import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's own folder, without a slash at its end. */
export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** Exit code for "the machine lacks something". */
export const EXIT_MACHINE_LACKS = 4;

const isWindows = process.platform === 'win32';
const oldestNodeMajor = 24;

/** @returns {number} the major version of the Node.js that runs this script. */
export function readNodeMajor() {
  return Number.parseInt(process.versions.node, 10);
}

/** @returns {boolean} whether the Node.js that runs this script can run Devstead itself. */
export function isNodeRecent() {
  return readNodeMajor() >= oldestNodeMajor;
}

/**
 * The Node.js that the lock file pins, once the npm packages are there.
 * @returns {string | undefined} path of its program
 */
export function findPinnedNode() {
  const platform = isWindows ? 'win' : process.platform;
  const folder = join(repositoryRoot, 'node_modules', `node-${platform}-${process.arch}`, 'bin');
  const program = join(folder, isWindows ? 'node.exe' : 'node');
  return existsSync(program) ? program : undefined;
}

/**
 * The Node.js for the repository's own programs: the pinned one, else the one that runs now when it is recent enough.
 * Ends the process with a message when there is neither.
 * @returns {string} path of its program
 */
export function requireNode() {
  const node = findPinnedNode() ?? (isNodeRecent() ? process.execPath : undefined);
  if (node !== undefined) return node;
  fail(
    `Node.js ${oldestNodeMajor} or newer is needed, this is ${process.version}, and node_modules has none for ` +
      `${process.platform}-${process.arch}.`,
    'Run "npm ci" (without --omit=optional), or install a newer Node.js.',
    EXIT_MACHINE_LACKS,
  );
}

/**
 * The environment for child processes: the Node.js of `requireNode` and the npm packages' programs come first on PATH.
 * @returns {NodeJS.ProcessEnv}
 */
export function makeChildEnvironment() {
  const folders = [dirname(requireNode()), join(repositoryRoot, 'node_modules', '.bin')];
  return { ...process.env, PATH: [...folders, process.env.PATH ?? ''].join(delimiter) };
}

/**
 * Runs `bin/devstead` with this process's own streams.
 * @param {readonly string[]} args
 * @returns {number} its exit code, 130 when a signal ended it
 */
export function runDevstead(args) {
  const program = join(repositoryRoot, 'bin', isWindows ? 'devstead.cmd' : 'devstead');
  const result = spawnSync(program, args, { cwd: repositoryRoot, stdio: 'inherit', shell: isWindows });
  if (result.error) fail(`Cannot start ${program}: ${result.error.message}`, 'Is the file there and executable?', 1);
  return result.status ?? 130;
}

/**
 * Prints what went wrong and what to do about it, and ends the process.
 * @param {string} message
 * @param {string} hint
 * @param {number} exitCode
 * @returns {never}
 */
export function fail(message, hint, exitCode) {
  process.stderr.write(`\n${message}\n${hint}\n`);
  process.exit(exitCode);
}
