import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const quiet = ['--silent', '--no-audit', '--no-fund', '--prefer-offline'];

/** Packs what is published, installs the product with npm into an empty folder, and returns the path of its `devstead`. */
export function installPacked(folder: string): string {
  installWithNpm(folder, ['--global', '--prefix', folder], packed(/^devstead-\d.*\.tgz$/));
  const program = join(folder, 'bin/devstead');
  if (!existsSync(program)) throw new Error('npm installed no program');
  return program;
}

/** Packs what is published, and installs the library `@devstead/devfile` with npm into an empty folder. */
export function installPackedDevfile(folder: string): void {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  installWithNpm(folder, [], packed(/^devstead-devfile-\d.*\.tgz$/));
}

function packed(name: RegExp): string {
  execFileSync(process.execPath, [join(repository, 'scripts/pack.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const dist = join(repository, 'dist');
  const archive = readdirSync(dist).find((file) => name.test(file));
  if (archive === undefined) throw new Error('nothing was packed');
  return join(dist, archive);
}

function installWithNpm(folder: string, options: readonly string[], archive: string): void {
  execFileSync('npm', ['install', ...options, ...quiet, archive], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
