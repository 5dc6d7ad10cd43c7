import type { InstalledPackage } from '../types.ts';
import { readDebianPackages } from './debian-packages.ts';
import { readPythonPackages } from './python-packages.ts';

/** The packages of an image by what its layers have in them, by name; those of Debian first. The lowest layer first. */
export function readInventory(layerFolders: readonly string[]): InstalledPackage[] {
  const byName = (left: InstalledPackage, right: InstalledPackage): number => (left.name < right.name ? -1 : 1);
  return [readDebianPackages(layerFolders), readPythonPackages(layerFolders)].flatMap((list) => list.sort(byName));
}
