import type { EnvVariable, Resources } from '@devstead/environment';

/**
 * One container exactly as it is to run: the environment's container joined with what its image says. Pure data; its
 * JSON form, hashed, tells whether a running container is still the one asked for.
 */
export interface ContainerSpec {
  readonly name: string;
  /** The reference as written. */
  readonly image: string;
  /** The image in the local store that is used for it. */
  readonly imageName: string;
  /** The program and its arguments; empty when the container is only kept alive for commands to run in. */
  readonly argv: readonly string[];
  /** Why the image's own command is not run; absent when it is. */
  readonly keptAlive?: string;
  /** The devfile gives no command of its own: if the image's ends at once with 0, the container is kept alive instead. */
  readonly mayEnd: boolean;
  readonly env: readonly EnvVariable[];
  readonly user: { readonly uid: number; readonly gid: number };
  /** Of the container's own program. */
  readonly workingDir: string;
  /** Of commands run in it that name none: where the sources are. */
  readonly commandDir: string;
  readonly mounts: readonly Mount[];
  readonly resources: Resources;
  readonly stopSignal: string;
  readonly stopGraceMs: number;
  readonly checks: readonly ReadyCheck[];
  /**
   * Set where it starts when a command applies it: to `serve` until it is stopped, or to `finish` what it is there for.
   */
  readonly applied?: 'serve' | 'finish';
  /** It has a network of its own; absent when it shares that of the others. */
  readonly dedicated?: true;
}

/** `volume`: a named volume. `folder`: a folder of the machine, owned inside by the container's user. `file`: a file, read-only. */
export type Mount =
  | { readonly type: 'volume'; readonly volume: string; readonly path: string }
  | { readonly type: 'folder'; readonly source: string; readonly path: string }
  | { readonly type: 'file'; readonly source: string; readonly path: string };

/**
 * What must be true before a container is called ready. `listen`: something accepts connections at the TCP port.
 * `command`: the program, run in the container, ends with 0.
 */
export type ReadyCheck =
  | { readonly type: 'listen'; readonly port: number }
  | { readonly type: 'command'; readonly argv: readonly string[] };
