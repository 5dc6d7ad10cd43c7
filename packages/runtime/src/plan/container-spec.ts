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
  /** Of the image, where `userText` is there: that is looked up when the image is. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** As an image or a service names it: `node`, `1000`, `app:staff`. */
  readonly userText?: string;
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
  /** Names beside its own by which others reach it, in the network that it shares or that meets that. */
  readonly aliases?: readonly string[];
  /** It has a network of its own, that meets the one the others share; absent when it shares that. */
  readonly dedicated?: true;
  /** It has a network of its own, with a cable to each of these, and is in no other. */
  readonly networks?: readonly NetworkMembership[];
  /** The container whose network it shares. */
  readonly networkOf?: string;
  /** Nothing leads out of its own network. */
  readonly isCutOff?: true;
  /** Absent: its own name where it has a network of its own, else that of the workspace. */
  readonly hostname?: string;
  /** Lines of hosts(5) beside those of the containers it reaches. */
  readonly extraHosts?: readonly { readonly name: string; readonly address: string }[];
  /** Lines of resolv.conf(5), where they are not to be the workspace's; without a name server it is the runtime's. */
  readonly resolver?: readonly string[];
  /** A question that is asked again and again: what it answers decides whether the container is called healthy. */
  readonly health?: HealthCheck;
  /** When it is started again after it ended by itself. Absent: always. */
  readonly restart?: RestartPolicy;
  /** What must be true of other containers before it starts. */
  readonly startsAfter?: readonly StartCondition[];
  /** Its own changes to the image's files are refused. */
  readonly isReadOnly?: true;
  /** What its root may do, instead of the usual: names such as CAP_CHOWN. */
  readonly capabilities?: readonly string[];
  /** Size of its shared memory. */
  readonly shmBytes?: number;
  readonly limits?: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  /** Groups beside the user's own, as numbers or names. */
  readonly groups?: readonly string[];
  /** Most processes and threads. */
  readonly processLimit?: number;
  /** Kernel settings of its own network. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** It is there for one command, and goes with the process that runs it. */
  readonly oneOff?: OneOff;
}

/** A container beside those of its service. */
export interface OneOff {
  readonly service: string;
  /**
   * The process of the machine that removes it; where that is gone, whoever comes next does. Absent: its command is its
   * own program, and it stays.
   */
  readonly owner?: { readonly pid: number; readonly start: number };
  /** Without an owner: whoever comes after its end removes it. */
  readonly isPassing?: true;
}

/** Compose Specification, `healthcheck`. */
export interface HealthCheck {
  readonly argv: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** So many failures in a row make it unhealthy. */
  readonly retries: number;
  /** Failures this soon after the start do not count. */
  readonly startPeriodMs: number;
}

/** Compose Specification, `restart`. */
export interface RestartPolicy {
  readonly policy: 'no' | 'always' | 'on-failure' | 'unless-stopped';
  /** Of `on-failure`. */
  readonly maxRetries?: number;
}

/** Compose Specification, `depends_on`. */
export interface StartCondition {
  readonly container: string;
  readonly condition: 'started' | 'healthy' | 'completed';
  /** When it is not, the other's failure is only told. */
  readonly isRequired: boolean;
  /** It is started anew when the other one is. */
  readonly restarts?: true;
}

/** A container's place in a network that several share. */
export interface NetworkMembership {
  readonly network: string;
  /** Names beside the container's own. */
  readonly aliases: readonly string[];
  /** Nothing leads out of it. */
  readonly isInternal?: true;
  /** The address it is to have there. */
  readonly address?: string;
  /** The subnet that the network is to have, in CIDR notation. */
  readonly subnet?: string;
}

/** True of a container that does not share a network with others. */
export function hasOwnNetwork(spec: Pick<ContainerSpec, 'dedicated' | 'networks'>): boolean {
  return spec.dedicated === true || spec.networks !== undefined;
}

/**
 * `volume`: a named volume, or a folder in it. `folder`: a folder or file of the machine, owned inside by the container's
 * user. `file`: a copy of a file of the machine, of a text or
 * of the value that a variable of the machine had, read-only. `memory`: files that are gone with the container.
 */
export type Mount =
  | {
      readonly type: 'volume';
      readonly volume: string;
      readonly path: string;
      readonly subPath?: string;
      readonly isReadOnly?: true;
    }
  | {
      readonly type: 'folder';
      readonly source: string;
      readonly path: string;
      readonly isReadOnly?: true;
      /** The folder is made when it is not there. */
      readonly isMade?: true;
    }
  | ({
      readonly type: 'file';
      readonly path: string;
      readonly mode?: number;
      readonly owner?: { readonly uid: number; readonly gid: number };
    } & ({ readonly source: string } | { readonly text: string } | { readonly variable: string }))
  | { readonly type: 'memory'; readonly path: string; readonly sizeBytes?: number; readonly mode?: number };

/**
 * What must be true before a container is called ready. `listen`: something accepts connections at the TCP port.
 * `command`: the program, run in the container, ends with 0.
 */
export type ReadyCheck =
  | { readonly type: 'listen'; readonly port: number }
  | { readonly type: 'command'; readonly argv: readonly string[] };
