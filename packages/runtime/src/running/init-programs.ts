import { existsSync } from 'node:fs';
import { AppError } from '@devstead/kit';

/** Where the first process of every container and command comes from: inside, outside any path an image uses. */
export const initFolder = '/.devstead';

/** Programs that are mounted into containers: linked statically, so that they run on any image. */
export interface InitPrograms {
  readonly tini: string;
  readonly catatonit: string;
}

const places = {
  tini: ['/usr/bin/tini-static', '/usr/local/bin/tini-static', '/sbin/tini-static'],
  catatonit: ['/usr/bin/catatonit', '/usr/libexec/podman/catatonit', '/usr/local/bin/catatonit'],
} as const;

/** Finds the init programs. Throws MACHINE_LACKS with the package to install. */
export function findInitPrograms(): InitPrograms {
  const find = (name: keyof typeof places): string => {
    const found = places[name].find((path) => existsSync(path));
    if (found !== undefined) return found;
    throw new AppError('MACHINE_LACKS', `${name} is not installed`, { hint: `Install the package ${name}.` });
  };
  return { tini: find('tini'), catatonit: find('catatonit') };
}
