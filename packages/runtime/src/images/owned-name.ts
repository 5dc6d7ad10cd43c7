import { identify, isAlive } from '../process/process-table.ts';

/** Begins the names of folders in which images are built from Dockerfiles. */
export const buildPrefix = 'dockerfile-';

/** Names this process in a folder's name, so that what it leaves half-made is known as such after its death. */
export function nameOwner(): string {
  return `${process.pid}-${identify(process.pid)?.start ?? 0}`;
}

/** True while the process that `nameOwner` named lives. */
export function isOwned(name: string): boolean {
  const found = /(\d+)-(\d+)$/.exec(name);
  return found !== null && isAlive({ pid: Number(found[1]), start: Number(found[2]) });
}
