import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../process/run-process.ts';
import { listFolder } from '../state/list-folder.ts';
import {
  type AptSource,
  parseDeb822Sources,
  parseSourcesList,
  release,
  renderSources,
  sourcesOfMirror,
} from './apt-sources.ts';
import { roomPaths } from './build-room.ts';

const sourcesFolder = '/etc/apt/sources.list.d';
const debianKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** What apt needs to know to build images. */
export interface AptSetup {
  /** Lines of sources.list; empty where the machine has none for this release. */
  readonly sources: readonly string[];
  /** Environment of apt: proxies. */
  readonly env: Readonly<Record<string, string>>;
}

interface SetupOptions {
  /** Where the files are written. */
  readonly folder: string;
  /** The same folder as the build sees it. */
  readonly inside: string;
  readonly mirror?: string | undefined;
  readonly caBundle?: string | undefined;
  readonly proxies: Readonly<Record<string, string>>;
}

/** Writes `apt.conf` (for a layer) and `transport.conf` (what also holds for the base) into a build's folder. */
export async function writeAptSetup(options: SetupOptions): Promise<AptSetup> {
  const { folder, inside } = options;
  const sources = options.mirror === undefined ? readMachineSources() : sourcesOfMirror(options.mirror);
  const keys = new Map<string, string>();
  const keyFile = (source: AptSource): string | undefined => {
    if (source.key === undefined)
      return options.mirror !== undefined && existsSync(debianKeyring) ? debianKeyring : undefined;
    const name = keys.get(source.key) ?? `key-${keys.size}.asc`;
    keys.set(source.key, name);
    return join(inside, name);
  };
  const lines = renderSources(sources, keyFile);
  for (const [key, name] of keys) writeFileSync(join(folder, name), key, { mode: 0o644 });
  writeFileSync(join(folder, 'sources.list'), lines.map((line) => `${line}\n`).join(''), { mode: 0o644 });
  const transport = (await readTransportOptions()).concat('APT::Sandbox::User "root";');
  if (options.caBundle !== undefined) {
    writeFileSync(join(folder, 'ca.crt'), readFileSync(options.caBundle), { mode: 0o644 });
    transport.push(`Acquire::https::CAInfo "${inside}/ca.crt";`);
  }
  // Without sources of the machine's, the base keeps those it was made from.
  const list = lines.length === 0 ? `${roomPaths.root}/etc/apt/sources.list` : `${inside}/sources.list`;
  const write = (name: string, text: readonly string[]): void =>
    writeFileSync(join(folder, name), `${text.join('\n')}\n`, { mode: 0o644 });
  write('transport.conf', transport);
  write('apt.conf', [...layerOptions(list, lines.length > 0), ...transport]);
  return { sources: lines, env: options.proxies };
}

/** apt runs outside the image, on its files; only dpkg runs inside. */
function layerOptions(sourcesList: string, hasOwnSources: boolean): string[] {
  const { root } = roomPaths;
  return [
    `Dir "${root}/";`,
    `Dir::State::status "${root}/var/lib/dpkg/status";`,
    'Dir::Etc::main "/dev/null";',
    'Dir::Etc::parts "/dev/null";',
    `Dir::Etc::sourcelist "${sourcesList}";`,
    'Dir::Etc::sourceparts "/dev/null";',
    ...(hasOwnSources
      ? ['Dir::Etc::trusted "/etc/apt/trusted.gpg";', 'Dir::Etc::trustedparts "/etc/apt/trusted.gpg.d";']
      : []),
    `DPkg::Chroot-Directory "${root}";`,
    'DPkg::Options { "--force-confdef"; "--force-confold"; "--force-unsafe-io"; };',
    'DPkg::Use-Pty "false";',
    'APT::Install-Recommends "false";',
    'APT::Keep-Downloaded-Packages "true";',
    'APT::Status-Fd "1";',
    'Acquire::Languages "none";',
  ];
}

function readMachineSources(): AptSource[] {
  const files = listFolder(sourcesFolder).map((name) => join(sourcesFolder, name));
  const found = ['/etc/apt/sources.list', ...files].filter(existsSync).flatMap((file) => {
    if (file.endsWith('.list')) return parseSourcesList(readFileSync(file, 'utf8'));
    return file.endsWith('.sources') ? parseDeb822Sources(readFileSync(file, 'utf8')) : [];
  });
  return found.some((source) => source.suite === release) ? found : [];
}

/** The machine's own settings of how packages are fetched: proxies, certificates, checks of dates, retries. */
async function readTransportOptions(): Promise<string[]> {
  const { stdout } = await runProcess(['apt-config', 'dump']);
  return selectTransportOptions(stdout);
}

const transportPattern =
  /^Acquire::(https?|ftp|tor|Check-|Max-ValidTime|Min-ValidTime|Retries|Queue-Mode|Force)[^ ]* ".+";$/i;

/** Lines of `apt-config dump` that say how packages are fetched; none that would let unsigned ones in. */
export function selectTransportOptions(dump: string): string[] {
  return dump.split('\n').filter((line) => transportPattern.test(line));
}
