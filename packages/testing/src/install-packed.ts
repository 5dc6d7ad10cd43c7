import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** Packs the product, installs it with npm into an empty folder, and returns the path of its `devstead`. */
export function installPacked(folder: string): string {
  execFileSync(process.execPath, [join(repository, 'scripts/pack.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const dist = join(repository, 'dist');
  const archive = readdirSync(dist).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error('nothing was packed');
  const quiet = ['--silent', '--no-audit', '--no-fund', '--prefer-offline'];
  execFileSync('npm', ['install', '--global', '--prefix', folder, ...quiet, join(dist, archive)], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const program = join(folder, 'bin/devstead');
  if (!existsSync(program)) throw new Error('npm installed no program');
  return program;
}
