import { installDebianPackages } from './install-debian-packages.mjs';
import { installNpmPackages } from './install-npm-packages.mjs';
import { fail, runDevstead } from './repository.mjs';

/**
 * Makes the machine ready: npm packages, Debian packages, base images. Does only what is not done yet, and ends the
 * process with a message on what to do when it cannot.
 * @param {'run' | 'test' | 'bench'} purpose
 */
export function setUp(purpose) {
  installNpmPackages();
  installDebianPackages(purpose);
  const exitCode = runDevstead(['image', 'build', '--all']);
  if (exitCode !== 0) {
    fail(
      'The base images could not be built; the message above says why.',
      'Mend that, then run the same command again.',
      exitCode,
    );
  }
}
