import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Places of a folder's devcontainer.json (development container specification), in their order. */
const places = ['.devcontainer/devcontainer.json', '.devcontainer.json'];

/** The real path of the devcontainer.json meant by a path: itself, or that of the folder. Undefined where there is none. */
export function findDevcontainer(path: string): string | undefined {
  const info = statSync(path, { throwIfNoEntry: false });
  const found =
    info?.isFile() === true && /^\.?devcontainer\.json$/.test(basename(path))
      ? path
      : places.map((place) => join(path, place)).find((file) => info?.isDirectory() === true && existsSync(file));
  return found === undefined ? undefined : realpathSync(found);
}
