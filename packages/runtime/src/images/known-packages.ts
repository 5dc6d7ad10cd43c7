import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packagesFolder } from './packages.ts';

const largestBytes = 512 * 2 ** 20;

/**
 * Names of the Debian packages that builds can install, virtual ones included, from the lists that the last build
 * fetched. Undefined where no build has been made yet, so that nothing can be said.
 */
export async function readKnownPackages(cacheFolder: string): Promise<ReadonlySet<string> | undefined> {
  const folder = join(packagesFolder({ cacheFolder }), 'lists');
  const files = listFiles(folder).filter((file) => file.endsWith('_Packages'));
  const names = new Set<string>();
  for (const file of files) {
    if (statSync(file).size > largestBytes) return undefined;
    for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
      if (line.startsWith('Package: ')) names.add(line.slice('Package: '.length));
      else if (line.startsWith('Provides: ')) {
        for (const provided of line.slice('Provides: '.length).split(','))
          names.add(provided.trim().split(' ')[0] ?? '');
      }
    }
  }
  return names.size === 0 ? undefined : names;
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
