import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  type Stats,
  symlinkSync,
  unlinkSync,
} from 'node:fs';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/**
 * A folder held open. What is done in it is done in this very folder, as openat(2) and its kin do: whatever anybody
 * renames or links on the way to it, work never lands elsewhere. Names are bytes, as latin1 text; none has a slash.
 */
export class OpenFolder {
  private readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** Opens a folder by its path; links on the way are followed, because a user named it. */
  static open(path: string): OpenFolder {
    return new OpenFolder(openSync(path, O_RDONLY | O_DIRECTORY));
  }

  /** The place of a name in this folder (proc(5), /proc/PID/fd): the folder itself is never looked up again. */
  private at(name: string): Buffer {
    if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
      throw new Error('a name in a folder is one name');
    }
    return Buffer.concat([Buffer.from(`/proc/self/fd/${this.fd}/`), Buffer.from(name, 'latin1')]);
  }

  /** A folder in this one; a link is not followed. */
  openFolder(name: string): OpenFolder {
    return new OpenFolder(openSync(this.at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  }

  makeFolder(name: string, mode = 0o700): void {
    mkdirSync(this.at(name), { mode });
  }

  /** A new file to write to; nothing may be there. The caller closes the descriptor. */
  createFile(name: string, mode: number): number {
    return openSync(this.at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  }

  makeLink(name: string, target: string): void {
    symlinkSync(Buffer.from(target, 'latin1'), this.at(name));
  }

  makeHardLink(name: string, folder: OpenFolder, existing: string): void {
    linkSync(folder.at(existing), this.at(name));
  }

  /** Moves something here; a file or a link that has the name is replaced, never followed. */
  take(folder: OpenFolder, from: string, name: string): void {
    renameSync(folder.at(from), this.at(name));
  }

  /** What a name is, links as links; undefined when nothing is there. */
  look(name: string): Stats | undefined {
    return lstatSync(this.at(name), { throwIfNoEntry: false });
  }

  list(): string[] {
    return readdirSync(`/proc/self/fd/${this.fd}/.`, { encoding: 'latin1' });
  }

  /** Removes a file, a link, or a folder with all that is in it. */
  remove(name: string): void {
    const found = this.look(name);
    if (found === undefined) return;
    if (!found.isDirectory()) {
      unlinkSync(this.at(name));
      return;
    }
    const inner = this.openFolder(name);
    try {
      for (const entry of inner.list()) inner.remove(entry);
    } finally {
      inner.close();
    }
    rmdirSync(this.at(name));
  }

  /** The descriptor, for changes of the folder's own mode and times. */
  get descriptor(): number {
    return this.fd;
  }

  get stats(): Stats {
    return fstatSync(this.fd);
  }

  close(): void {
    closeSync(this.fd);
  }
}
