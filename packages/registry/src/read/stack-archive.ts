import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { FoundFile } from './folder-files.ts';

/** Files that clients get one by one; all others come in one archive. */
const apart = /^(?:\.?devfile\.yaml|meta\.yaml|logo\.(?:svg|png)|archive\.tar|OWNERS|[^/]*\.(?:vsx|zip))$/;

export function isApart(path: string): boolean {
  return apart.test(path);
}

/**
 * The `archive.tar` of a version, packed by gzip as clients expect it: every file and folder that is not handed out by
 * itself. The same files give the same bytes. Undefined when there is nothing to pack.
 */
export async function packRest(files: readonly FoundFile[]): Promise<Buffer | undefined> {
  const rest = files.filter(({ path }) => !isApart(path) && !/(?:^|\/)OWNERS$/.test(path));
  if (rest.length === 0) return undefined;
  const archive = pack();
  const folders = new Set<string>();
  for (const { path, bytes, isExecutable } of rest) {
    const steps = path.split('/').slice(0, -1);
    for (const [index] of steps.entries()) {
      const folder = steps.slice(0, index + 1).join('/');
      if (folders.has(folder)) continue;
      folders.add(folder);
      archive.entry({ name: `${folder}/`, type: 'directory', mode: 0o755, mtime: new Date(0) });
    }
    archive.entry({ name: path, mode: isExecutable ? 0o755 : 0o644, mtime: new Date(0) }, bytes);
  }
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(piece as Buffer);
  return promisify(gzip)(Buffer.concat(pieces), { level: 6 });
}
