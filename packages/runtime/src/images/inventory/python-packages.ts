import { closeSync, type Dirent, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { InstalledPackage } from '../types.ts';

/** Folders that hold no installed packages, and many files; in Debian's own, packages are dpkg's. */
const passedOver =
  /^(?:proc|sys|dev|run|tmp|boot|usr\/(?:share|include|games|src)|usr\/lib\/(?!python3\.)[^/]+|var\/(?:lib|cache|log))$|(?:^|\/)(?:__pycache__|node_modules|\.git)$/;
const deepest = 12;
const mostFolders = 20_000;
const headBytes = 64 * 1024;

/**
 * The Python packages of an image: every `NAME-VERSION.dist-info` (PyPA, recording installed projects) below a `site-packages`,
 * `dist-packages` or another folder that `pip install --target` filled. What a higher layer took away does not count. Layers'
 * folders, the lowest first. Links are not followed.
 */
export function readPythonPackages(layerFolders: readonly string[]): InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  for (const [index, layer] of layerFolders.entries()) {
    const above = layerFolders.slice(index + 1);
    for (const path of listInfoFolders(layer)) {
      if (above.some((folder) => isHidden(folder, path))) continue;
      const one = readPackage(join(layer, path));
      if (one !== undefined) found.set(`${one.name} ${one.version}`, one);
    }
  }
  return [...found.values()];
}

function listInfoFolders(layer: string): string[] {
  const found: string[] = [];
  const left = [''];
  let seen = 0;
  for (let folder = left.pop(); folder !== undefined && seen < mostFolders; folder = left.pop()) {
    seen += 1;
    for (const entry of listEntries(join(layer, folder))) {
      if (!entry.isDirectory()) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.endsWith('.dist-info')) found.push(path);
      else if (!passedOver.test(path) && path.split('/').length < deepest) left.push(path);
    }
  }
  return found;
}

/** Some belong to users of the image alone. */
function listEntries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** True where a layer has something else than a folder at a path or on the way to it: a file, or the mark of a removed one. */
function isHidden(layer: string, path: string): boolean {
  const parts = path.split('/');
  for (const index of parts.keys()) {
    const info = lstatSync(join(layer, ...parts.slice(0, index + 1)), { throwIfNoEntry: false });
    if (info === undefined) return false;
    if (!info.isDirectory()) return true;
  }
  return false;
}

function readPackage(folder: string): InstalledPackage | undefined {
  const head = readHead(join(folder, 'METADATA'))?.split(/\r?\n\r?\n/)[0] ?? '';
  const field = (name: string): string | undefined => new RegExp(`^${name}: *(\\S+)\\s*$`, 'im').exec(head)?.[1];
  const [name, version] = [field('Name'), field('Version')];
  return name === undefined || version === undefined ? undefined : { name, version, kind: 'python' };
}

function readHead(file: string): string | undefined {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  try {
    const handle = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(headBytes);
      return buffer.toString('utf8', 0, readSync(handle, buffer));
    } finally {
      closeSync(handle);
    }
  } catch {
    return undefined;
  }
}
