import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { limits } from '@devstead/devfile/limits';

type FileAnswer =
  | { readonly text: string; readonly realPath: string }
  | { readonly reason: string; readonly isAbsent: boolean; readonly isFolder: boolean };

/**
 * The text of a file that somebody named: files only, no devices and no pipes, and of it one byte more than is allowed,
 * by which its reader sees that there is more. What is wrong comes back as a reason.
 */
export function readLimitedFile(path: string, maxBytes: number = limits.bytes): FileAnswer {
  const limit = maxBytes + 1;
  let descriptor: number | undefined;
  try {
    const realPath = realpathSync(path);
    // Opening a pipe without this would wait for somebody to write into it.
    descriptor = openSync(realPath, constants.O_RDONLY | constants.O_NONBLOCK);
    const info = fstatSync(descriptor);
    if (info.isDirectory()) return { reason: 'it is a folder', isAbsent: false, isFolder: true };
    if (!info.isFile()) return { reason: 'it is no file', isAbsent: false, isFolder: false };
    const buffer = Buffer.alloc(Math.min(info.size, limit) + 1);
    let size = 0;
    while (size < buffer.length) {
      const count = readSync(descriptor, buffer, size, buffer.length - size, null);
      if (count === 0) break;
      size += count;
    }
    return { text: buffer.toString('utf8', 0, Math.min(size, limit)), realPath };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    return { reason: isAbsent ? 'there is no such file' : message, isAbsent, isFolder: false };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
