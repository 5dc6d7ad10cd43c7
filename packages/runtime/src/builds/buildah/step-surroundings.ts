import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeAptSetup } from '../../images/apt-setup.ts';
import { indexTokenPath } from '../../index-service/index-place.ts';
import { caBundlePath } from '../../plan/resolve-container.ts';
import type { RuntimeSettings } from '../../settings.ts';
import { machineEnvironment } from '../../workspace/machine-environment.ts';

/** Where RUN steps see what is the machine's: a place that is never part of a layer. */
export const machineFolder = '/dev/devstead';

/**
 * Writes what RUN steps get of the machine and no image keeps into a build's folder: `machine/` (CA bundle, apt's sources),
 * `environment`, `apt-environment` and `index-token-environment` (variables), and `runtime`, which adds them to each step.
 */
export async function writeStepSurroundings(folder: string, epoch: number, settings: RuntimeSettings): Promise<void> {
  const machine = join(folder, 'machine');
  mkdirSync(machine, { mode: 0o755 });
  const { machineEnv, caBundle } = machineEnvironment(settings);
  const caPlace = `${machineFolder}/ca-certificates.crt`;
  if (caBundle !== undefined) {
    copyFileSync(caBundle, join(machine, 'ca-certificates.crt'));
    chmodSync(join(machine, 'ca-certificates.crt'), 0o644);
  }
  const variables = [...machineEnv, { name: 'SOURCE_DATE_EPOCH', value: String(epoch) }]
    .map(({ name, value }) => `${name}=${value === caBundlePath ? caPlace : value}`)
    // What is on several lines cannot be a line of the file.
    .filter((entry) => !/[\n\0]/.test(entry));
  const isToken = (entry: string): boolean => entry.endsWith(`=${indexTokenPath}`);
  writeEntries(
    join(folder, 'environment'),
    variables.filter((entry) => !isToken(entry)),
  );
  writeEntries(join(folder, 'index-token-environment'), variables.filter(isToken));
  writeEntries(join(folder, 'apt-environment'), await writeAptSources(machine, caBundle, settings));
  cpSync(fileURLToPath(new URL('runtime.pl', import.meta.url)), join(folder, 'runtime'));
  chmodSync(join(folder, 'runtime'), 0o755);
}

/**
 * What official Debian images set too. A layer that was cut off is made anew, so nothing is gained by waiting for the disk
 * after every file; and no layer keeps what apt can fetch or compute again.
 */
const aptOptions = `DPkg::Options { "--force-unsafe-io"; };
APT::Keep-Downloaded-Packages "false";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::Languages "none";
`;

/** apt's settings for images without sources of their own, as those from recipes are. Returns the variable that names them. */
async function writeAptSources(
  folder: string,
  caBundle: string | undefined,
  { debianMirror, proxies }: RuntimeSettings,
): Promise<string[]> {
  const { sources } = await writeAptSetup({
    folder,
    inside: machineFolder,
    mirror: debianMirror,
    caBundle,
    proxies: Object.fromEntries(proxies.map(({ name, value }) => [name, value])),
  });
  if (sources.length === 0) return [];
  const transport = readFileSync(join(folder, 'transport.conf'), 'utf8');
  const list = `Dir::Etc::sourcelist "${machineFolder}/sources.list";\n`;
  writeFileSync(join(folder, 'apt.conf'), transport + list + aptOptions, { mode: 0o644 });
  return [`APT_CONFIG=${machineFolder}/apt.conf`];
}

function writeEntries(file: string, entries: readonly string[]): void {
  writeFileSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o644 });
}
