import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstalledPackage } from '../types.ts';

const largestStatus = 64 * 2 ** 20;

/**
 * The Debian packages of an image by dpkg's own list, of the highest layer that has one; none where none of the layers has.
 * Layers' folders, the lowest first. Links are not followed: they could lead out.
 */
export function readDebianPackages(layerFolders: readonly string[]): InstalledPackage[] {
  for (const layer of [...layerFolders].reverse()) {
    const names = ['var', 'lib', 'dpkg'];
    const folders = names.map((_, index) => join(layer, ...names.slice(0, index + 1)));
    if (!folders.every((folder) => lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true)) continue;
    const parts = [join(layer, 'var/lib/dpkg/status'), ...listParts(join(layer, 'var/lib/dpkg/status.d'))];
    const texts = parts.flatMap((file) => readPlain(file));
    if (texts.length > 0) return parseStatus(texts.join('\n\n'));
  }
  return [];
}

/** Images without a package manager have a file for each package (distroless). */
function listParts(folder: string): string[] {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((name) => !name.endsWith('.md5sums'))
    .map((name) => join(folder, name));
}

function readPlain(file: string): string[] {
  const info = lstatSync(file, { throwIfNoEntry: false });
  return info?.isFile() === true && info.size <= largestStatus ? [readFileSync(file, 'utf8')] : [];
}

/** Paragraphs of dpkg's status file (deb-control(5)); what is not installed any more is left out. */
function parseStatus(text: string): InstalledPackage[] {
  const found = text.split(/\n\s*\n/).flatMap((paragraph): InstalledPackage[] => {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1]?.trim();
    const [name, version, status] = [field('Package'), field('Version'), field('Status')];
    if (name === undefined || version === undefined || (status !== undefined && !status.endsWith(' installed')))
      return [];
    return [{ name, version }];
  });
  return found;
}
