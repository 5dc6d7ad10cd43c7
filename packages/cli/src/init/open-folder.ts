import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Folder } from '@devstead/environment/propose';
import { readLimitedFile } from '../read-limited-file.ts';

/** Nobody's project begins with more; what is beyond is not looked at. */
const mostFiles = 5000;
const mostReads = 200;
const mostBytes = 256 * 1024;

/** Folders that hold what others made. */
const foreign = new Set(['node_modules', 'vendor', 'target', 'dist', 'build', 'venv', '__pycache__', 'bin', 'obj']);
/** Hidden folders that say something of a project. */
const telling = new Set(['.devcontainer']);

/**
 * A folder of this machine for being looked at: its files, and those one and two folders below. Links are not followed, so that
 * nothing outside is read; files are read up to 256 KiB, and only so many.
 */
export function openFolder(path: string): Folder {
  const files: string[] = [];
  listFiles(path, '', 2, files);
  const known = new Set(files);
  const texts = new Map<string, string | undefined>();
  return {
    name: basename(path),
    files,
    read: (file) => {
      if (!known.has(file)) return undefined;
      if (!texts.has(file)) texts.set(file, texts.size < mostReads ? readText(join(path, file)) : undefined);
      return texts.get(file);
    },
  };
}

function listFiles(root: string, below: string, depth: number, files: string[]): void {
  const entries = readdirSync(join(root, below), { withFileTypes: true }).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const folders: string[] = [];
  for (const entry of entries) {
    if (files.length >= mostFiles) return;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isFile()) files.push(path);
    const isOwn = !foreign.has(entry.name) && (!entry.name.startsWith('.') || telling.has(entry.name));
    if (entry.isDirectory() && isOwn) folders.push(path);
  }
  if (depth === 0) return;
  for (const folder of folders) {
    try {
      listFiles(root, folder, depth - 1, files);
    } catch {
      // What may not be entered says nothing.
    }
  }
}

/** A file that is larger than anybody writes by hand says nothing. */
function readText(path: string): string | undefined {
  const answer = readLimitedFile(path, mostBytes);
  return 'text' in answer && Buffer.byteLength(answer.text) <= mostBytes ? answer.text : undefined;
}
