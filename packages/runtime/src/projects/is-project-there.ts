import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** True when a project is in its place. An empty folder is none: it is what a mount needs to be made on. */
export function isProjectThere(folder: string, clonePath: string): boolean {
  try {
    return readdirSync(join(folder, clonePath)).length > 0;
  } catch (error) {
    // A file or a link that leads nowhere is somebody's too.
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
}
