import { installDebianPackages } from './install-debian-packages.mjs';
import { installNpmPackages } from './install-npm-packages.mjs';
import { installPythonPackages } from './install-python-packages.mjs';
import { fail, runDevstead } from './repository.mjs';

/**
 * Makes the machine ready: npm packages, Debian packages, Python programs for the tests, base images. Does only what is
 * not done yet, and ends the process with a message on what to do when it cannot.
 * @param {'run' | 'test' | 'bench'} purpose
 * @param {readonly string[]} images  those to build; default: all
 */
export function setUp(purpose, images = ['--all']) {
  installNpmPackages();
  installDebianPackages(purpose);
  if (purpose !== 'run') installPythonPackages(purpose);
  const exitCode = runDevstead(['image', 'build', ...images]);
  if (exitCode !== 0) {
    fail(
      'The base images could not be built; the message above says why.',
      'Mend that, then run the same command again.',
      exitCode,
    );
  }
}
