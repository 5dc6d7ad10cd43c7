import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAptSetup } from '../../packages/runtime/src/images/apt-setup.ts';

/** A program that builds images from the same Dockerfile and the same base. */
export interface BuildPeer {
  readonly name: string;
  /** Builds the folder's Dockerfile. `isFresh`: without what earlier builds kept. */
  build(folder: string, isFresh: boolean): void;
  /** Ends what runs and lets go of what is mounted. */
  close(): Promise<void>;
}

/** What a peer begins with. */
export interface PeerStart {
  /** An empty folder of its own. */
  readonly folder: string;
  /** The image that the Dockerfile begins from, as `image export` writes it. */
  readonly archive: string;
  /** The name it has in the Dockerfile. */
  readonly name: string;
  /** A context whose Dockerfile makes that image one whose RUN steps reach package servers. */
  readonly context: string;
}

/** Runs a program; its output is shown when it fails. */
export function call(argv: readonly string[], env: Readonly<Record<string, string>>): void {
  const [program = '', ...args] = argv;
  execFileSync(program, args, { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

/**
 * Writes a context that gives an exported image the machine's package sources and certificates. Devstead lends both to
 * RUN steps without leaving them in the image; peers need them in the base.
 */
export async function writeBaseContext(folder: string, exportedName: string): Promise<void> {
  const apt = join(folder, 'apt');
  mkdirSync(apt, { recursive: true });
  const { sources } = await writeAptSetup({ folder: apt, inside: '/etc/apt', proxies: {} });
  rmSync(join(apt, 'apt.conf'));
  // Without sources of the machine's, the base has its own.
  if (sources.length === 0) rmSync(join(apt, 'sources.list'));
  copyFileSync('/etc/ssl/certs/ca-certificates.crt', join(folder, 'ca-certificates.crt'));
  const lines = [
    `FROM ${exportedName}`,
    'COPY apt/ /etc/apt/',
    'COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt',
    'ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt',
  ];
  writeFileSync(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
}

/** Lets go of everything that a peer left mounted in its folder. */
export function unmountBelow(folder: string): void {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  for (const place of mounts.filter((one) => one.startsWith(`${folder}/`)).reverse())
    call(['umount', '--lazy', place], {});
}
