import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { registryLimits } from '../limits.ts';
import { makeDiagnostic, type Report } from './document.ts';

/** A file with what it holds. */
export interface FoundFile {
  /** Below the folder that was read, apart by `/`. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly isExecutable: boolean;
  readonly modifiedMs: number;
}

/** What one reading of a source may still take into memory. */
export interface Budget {
  bytes: number;
}

/** The names in a folder, sorted as the index sorts them; none when there is no such folder. */
export async function listFolder(folder: string): Promise<readonly { name: string; isFolder: boolean }[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

export async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() === true;
}

/** The bytes of a plain file that is no link. Undefined when there is none; what else is wrong is reported. */
async function readPlainFile(
  path: string,
  file: string,
  maxBytes: number,
  report: Report,
): Promise<Omit<FoundFile, 'path'> | undefined> {
  let handle: FileHandle | undefined;
  try {
    // A link is refused by the system; opening a pipe would else wait for somebody to write into it.
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const info = await handle.stat();
    if (!info.isFile()) {
      report(makeDiagnostic('registry.link', 'error', file, 'it is neither a file nor a folder'));
      return undefined;
    }
    const buffer = Buffer.alloc(Math.min(info.size, maxBytes) + 1);
    let size = 0;
    while (size < buffer.length) {
      const { bytesRead } = await handle.read(buffer, size, buffer.length - size);
      if (bytesRead === 0) break;
      size += bytesRead;
    }
    if (size > maxBytes) {
      report(
        makeDiagnostic('registry.too-large', 'error', file, `it has more than ${Math.round(maxBytes / 1024)} KiB`),
      );
      return undefined;
    }
    return {
      bytes: buffer.subarray(0, size),
      isExecutable: (info.mode & 0o111) !== 0,
      modifiedMs: info.mtimeMs,
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'ELOOP') report(makeDiagnostic('registry.link', 'error', file, 'it is a symbolic link'));
    else report(makeDiagnostic('registry.unreadable', 'error', file, message));
    return undefined;
  } finally {
    await handle?.close();
  }
}

/** The text of a file, in UTF-8. */
export async function readTextFile(path: string, file: string, report: Report): Promise<string | undefined> {
  const found = await readPlainFile(path, file, registryLimits.textBytes, report);
  if (found === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(found.bytes);
  } catch {
    report(makeDiagnostic('registry.unreadable', 'error', file, 'it is not text in UTF-8'));
    return undefined;
  }
}

interface WalkOptions {
  /** How diagnostics name the folder. */
  readonly file: string;
  readonly budget: Budget;
  readonly report: Report;
  /** Files and folders that are not read. */
  readonly isLeftOut: (path: string) => boolean;
}

/** Every file below a folder, in the order of their names. Undefined when it holds what no stack may, which is reported. */
export async function readFolderFiles(folder: string, options: WalkOptions): Promise<readonly FoundFile[] | undefined> {
  const { file, budget } = options;
  const files: FoundFile[] = [];
  let isRefused = false;
  const report: Report = (diagnostic) => {
    if (!isRefused) options.report(diagnostic);
    isRefused = true;
  };
  let total = 0;
  const walk = async (below: string, depth: number): Promise<void> => {
    for (const { name, isFolder } of await listFolder(join(folder, below))) {
      if (isRefused) return;
      const path = below === '' ? name : `${below}/${name}`;
      const shown = `${file}/${path}`;
      if (name === '.git' || options.isLeftOut(path)) continue;
      if (isFolder) {
        if (depth >= registryLimits.folderDepth)
          report(makeDiagnostic('registry.too-large', 'error', shown, 'it lies too many folders deep'));
        else await walk(path, depth + 1);
        continue;
      }
      const found = await readPlainFile(join(folder, path), shown, registryLimits.fileBytes, report);
      if (found === undefined) continue;
      total += found.bytes.length;
      budget.bytes -= found.bytes.length;
      if (total > registryLimits.versionBytes || files.length >= registryLimits.versionFiles)
        report(
          makeDiagnostic('registry.too-large', 'error', file, 'its files are more than a registry keeps of a version'),
        );
      else if (budget.bytes < 0)
        report(
          makeDiagnostic('registry.too-large', 'error', file, 'the stacks together are more than a registry keeps'),
        );
      else files.push({ path, ...found });
    }
  };
  await walk('', 0);
  return isRefused ? undefined : files;
}
