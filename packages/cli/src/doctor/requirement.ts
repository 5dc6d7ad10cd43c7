/** Something that Devstead needs of this machine, and whether it is there. */
export interface Requirement {
  /** Stable and dotted, for example `program.crun`. */
  readonly id: string;
  /** `warn`: works without, but less well. `missing`: workspaces or images cannot be made. */
  readonly state: 'ok' | 'warn' | 'missing';
  /** What it is for. */
  readonly purpose: string;
  /** What was found. */
  readonly found: string;
  /** The exact command or change that mends it; there unless all is well. */
  readonly fix?: string;
}

/** Puts `sudo` before a command that only an administrator may run. */
export function asRoot(command: string, uid: number): string {
  return uid === 0 ? command : `sudo ${command}`;
}

/** The command that installs Debian packages. */
export function installCommand(packages: readonly string[], uid: number): string {
  return asRoot(`apt-get install --yes --no-install-recommends ${packages.join(' ')}`, uid);
}
