import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { registryLimits } from '../limits.ts';
import type { StackFile } from '../types.ts';

const unzip = promisify(gunzip);

/**
 * The files of an `archive.tar`, packed or not. Throws an `Error` that says why it is not unpacked: what lies elsewhere,
 * is neither a file nor a folder, or is too much.
 */
export async function unpackArchive(archive: Buffer): Promise<readonly StackFile[]> {
  const isPacked = archive[0] === 0x1f && archive[1] === 0x8b;
  const tar = isPacked ? await unzip(archive, { maxOutputLength: 2 * registryLimits.versionBytes }) : archive;
  const files: StackFile[] = [];
  const seen = new Set<string>();
  const reader = extract();
  reader.end(tar);
  for await (const entry of reader) {
    const { name, type, mode } = entry.header;
    const path = readPath(name);
    if (type === 'directory') {
      entry.resume();
      continue;
    }
    if (type !== 'file' && type !== 'contiguous-file') throw new Error(`${JSON.stringify(name)} is no plain file`);
    if (path === '' || seen.has(path)) throw new Error(`${JSON.stringify(name)} is there twice`);
    if (files.length >= registryLimits.versionFiles) throw new Error('it has too many files');
    seen.add(path);
    const pieces: Buffer[] = [];
    for await (const piece of entry) pieces.push(piece as Buffer);
    files.push({ path, bytes: Buffer.concat(pieces), isExecutable: (mode & 0o111) !== 0 });
  }
  return files;
}

function readPath(name: string): string {
  const isPlain = name.length <= 1024 && !/[\u0000-\u001f\u007f\\]/.test(name) && !name.startsWith('/');
  const steps = name.split('/').filter((step) => step !== '' && step !== '.');
  if (!isPlain || steps.includes('..') || steps.some((step) => step.toLowerCase() === '.git'))
    throw new Error(`${JSON.stringify(name.slice(0, 100))} lies elsewhere`);
  return steps.join('/');
}
