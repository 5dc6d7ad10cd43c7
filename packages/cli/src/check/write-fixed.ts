import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError } from '@devstead/kit';

/**
 * Puts a new text in the place of a file's, all of it or nothing, with the file’s owner and rights. Throws UNREADABLE_INPUT when
 * the file is no longer what it was, when its bytes are no UTF-8 and could not be kept, and when it cannot be written.
 * @param path the real path: a link in the way would be replaced
 */
export function writeFixed(path: string, before: string, after: string): void {
  const bytes = readFileSync(path);
  if (!Buffer.from(bytes.toString('utf8')).equals(bytes)) {
    throw new AppError('UNREADABLE_INPUT', `${path} is not UTF-8, so it was not changed`);
  }
  if (bytes.toString('utf8') !== before) {
    throw new AppError('UNREADABLE_INPUT', `${path} changed while it was checked, so it was left as it is`, {
      hint: 'Run the command again.',
    });
  }
  const { mode, uid, gid } = statSync(path);
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const descriptor = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(descriptor, after);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    keepOwner(temporary, uid, gid);
    chmodSync(temporary, mode & 0o7777);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new AppError('UNREADABLE_INPUT', `cannot write ${path}`, { cause: error });
  }
}

/** Who may not give files away is their owner already, or replaces a file of a folder that is theirs. */
function keepOwner(path: string, uid: number, gid: number): void {
  const own = statSync(path);
  if (own.uid === uid && own.gid === gid) return;
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}
