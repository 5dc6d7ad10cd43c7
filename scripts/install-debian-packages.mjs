import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { listDebianPackages } from './debian-packages.mjs';
import { EXIT_MACHINE_LACKS, fail } from './repository.mjs';

const listsFolder = '/var/lib/apt/lists';
const DAY_MS = 24 * 60 * 60 * 1000;

/** @typedef {import('./debian-packages.mjs').DebianPackage} DebianPackage */

/**
 * Installs the Debian packages that are missing, listing them first. Ends the process with exit code 4 and the
 * command to run when it may not.
 * @param {'run' | 'test' | 'bench'} purpose
 */
export function installDebianPackages(purpose) {
  const packages = listDebianPackages(purpose);
  if (findProgram('apt-get') === undefined) {
    checkPrograms(packages);
    return;
  }
  const missing = findMissingPackages(packages);
  if (missing.length === 0) return;
  process.stdout.write(`Debian packages: ${missing.length} to install\n${formatList(missing)}\n`);
  const names = missing.map((entry) => entry.name);
  const become = chooseAdministrator();
  if (become === undefined) {
    fail(
      'Installing them needs an administrator, and sudo is not here.',
      `Have an administrator run:\n  ${formatInstallCommand(names)}\nthen run the same command again.`,
      EXIT_MACHINE_LACKS,
    );
  }
  writeSettings(become, missing);
  const isUpdated = arePackageListsOld() && updatePackageLists(become);
  if (install(become, names)) return;
  if (!isUpdated && updatePackageLists(become) && install(become, names)) return;
  fail(
    'apt-get could not install them; its message above says why.',
    `Mend that, or run:\n  ${formatInstallCommand(names)}\nthen run the same command again.`,
    EXIT_MACHINE_LACKS,
  );
}

/** @param {readonly DebianPackage[]} packages */
function findMissingPackages(packages) {
  const format = '-f=${Package} ${db:Status-Status}\\n';
  const result = spawnSync('dpkg-query', ['-W', format, ...packages.map((entry) => entry.name)], { encoding: 'utf8' });
  const installed = new Set((result.stdout ?? '').split('\n'));
  return packages.filter((entry) => !installed.has(`${entry.name} installed`));
}

/** @returns {readonly string[] | undefined} what to put before a command to run it as an administrator */
function chooseAdministrator() {
  if (process.getuid?.() === 0) return [];
  if (findProgram('sudo') === undefined) return undefined;
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return ['sudo', '-n'];
  return process.stdin.isTTY ? ['sudo'] : undefined;
}

function arePackageListsOld() {
  try {
    const lists = readdirSync(listsFolder).filter((name) => name.includes('_dists_'));
    return lists.length === 0 || Date.now() - statSync(listsFolder).mtimeMs > DAY_MS;
  } catch {
    return true;
  }
}

/** @param {readonly string[]} become */
function updatePackageLists(become) {
  return runAptGet(become, ['update']);
}

/**
 * @param {readonly string[]} become
 * @param {readonly DebianPackage[]} missing
 */
function writeSettings(become, missing) {
  for (const { setting } of missing) {
    if (setting === undefined) continue;
    const line = 'mkdir -p "${1%/*}" && printf %s "$2" > "$1"';
    const [program, ...rest] = [...become, 'sh', '-c', line, 'sh', setting.path, setting.text];
    spawnSync(/** @type {string} */ (program), rest, { stdio: 'inherit' });
  }
}

/**
 * @param {readonly string[]} become
 * @param {readonly string[]} names
 */
function install(become, names) {
  return runAptGet(become, ['install', '--yes', '--no-install-recommends', ...names]);
}

/**
 * @param {readonly string[]} become
 * @param {readonly string[]} args
 */
function runAptGet(become, args) {
  const [program, ...rest] = [...become, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
  const result = spawnSync(/** @type {string} */ (program), rest, { stdio: 'inherit' });
  return result.status === 0;
}

/** @param {readonly string[]} names */
function formatInstallCommand(names) {
  return `apt-get update && apt-get install --yes --no-install-recommends ${names.join(' ')}`;
}

/**
 * Where there is no apt-get, the programs themselves are looked for.
 * @param {readonly DebianPackage[]} packages
 */
function checkPrograms(packages) {
  const missing = packages.filter((entry) => findProgram(entry.program) === undefined);
  if (missing.length === 0) return;
  const system = process.platform === 'linux' ? '' : `\nWorkspaces need Linux; this is ${process.platform}.`;
  fail(
    `This machine has no apt-get, and these programs are missing:\n${formatList(missing)}${system}`,
    'Install them with the system’s own package manager (the names are those of Debian packages), then run the same command again.',
    EXIT_MACHINE_LACKS,
  );
}

/** @param {readonly DebianPackage[]} packages */
function formatList(packages) {
  const width = Math.max(...packages.map((entry) => entry.name.length));
  return packages.map((entry) => `  ${entry.name.padEnd(width)}  ${entry.use}`).join('\n');
}

/**
 * @param {string} program a name to look for on PATH and where administrators' programs are, or a path
 * @returns {string | undefined}
 */
function findProgram(program) {
  if (program.startsWith('/')) return existsSync(program) ? program : undefined;
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/libexec/podman'];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
