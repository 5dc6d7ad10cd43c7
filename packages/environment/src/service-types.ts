import type { EnvVariable } from './types.ts';

/** What a service of a compose project asks for beside its container (Compose Specification, Services). */
export interface Service {
  /** How the image is made when nobody has it. */
  readonly build?: ServiceBuild;
  readonly pullPolicy?: string;
  /** Containers of this service; 0 for none. */
  readonly replicas: number;
  /** Resolved in its networks beside the service's own name. */
  readonly containerName?: string;
  readonly hostname?: string;
  /** Empty where it has another container's network, the machine's or none. */
  readonly networks: readonly ServiceNetwork[];
  /** `service`: that of `networkOf`. `host`: the machine's, which needs trust. */
  readonly networkMode: 'networks' | 'service' | 'none' | 'host';
  readonly networkOf?: string;
  /** `SERVICE` or `SERVICE:ALIAS`: other names for services in its own networks. */
  readonly links: readonly string[];
  readonly dependsOn: readonly ServiceDependency[];
  /** Absent: the image's own, if it has one. */
  readonly healthcheck?: ServiceHealthcheck;
  readonly restart: ServiceRestart;
  readonly stop: { readonly signal?: string; readonly gracePeriodMs: number };
  /** `USER`, `UID`, with `:GROUP` or `:GID`. */
  readonly user?: string;
  readonly groups: readonly string[];
  readonly workingDir?: string;
  /** A small first process that reaps and passes signals on. */
  readonly init: boolean;
  /** Nothing but mounts can be written to. */
  readonly readOnly: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly securityOptions: readonly string[];
  readonly binds: readonly BindMount[];
  readonly tmpfs: readonly TmpfsMount[];
  readonly secrets: readonly ServiceFile[];
  readonly configs: readonly ServiceFile[];
  readonly shmSizeBytes?: number;
  readonly pidsLimit?: number;
  readonly ulimits: readonly Ulimit[];
  readonly sysctls: readonly EnvVariable[];
  readonly extraHosts: readonly ExtraHost[];
  readonly dns: {
    readonly servers: readonly string[];
    readonly search: readonly string[];
    readonly options: readonly string[];
  };
  readonly labels: readonly EnvVariable[];
  /** As written: what is published on the machine. */
  readonly ports: readonly ServicePort[];
  /** Ports it listens on for other services, as written. */
  readonly expose: readonly string[];
  readonly watch: readonly WatchRule[];
  readonly profiles: readonly string[];
  /** What has to be approved before it runs (or is refused). */
  readonly trust: readonly TrustNeed[];
}

export interface ServiceBuild {
  /** A folder of the machine, absolute, or an address. */
  readonly context: string;
  /** Relative to the context. */
  readonly dockerfile?: string;
  readonly dockerfileInline?: string;
  readonly target?: string;
  readonly args: readonly EnvVariable[];
  readonly labels?: readonly EnvVariable[];
  /** Further contexts by name: folders of the machine, absolute, addresses, `docker-image://NAME`, `service:NAME`. */
  readonly contexts?: readonly EnvVariable[];
  /** Secrets of the project that steps may read, each by the id they name. */
  readonly secrets?: readonly { readonly id: string; readonly source: string }[];
  /** `NAME=ADDRESS` or `NAME:ADDRESS`. */
  readonly extraHosts?: readonly string[];
  readonly network?: string;
  readonly noCache?: boolean;
  readonly pull?: boolean;
  /** Further names of the image. */
  readonly tags?: readonly string[];
  /** SSH keys that steps may use, each by the id they name; without a path, those of the user's agent. */
  readonly ssh?: readonly { readonly id: string; readonly path?: string }[];
  /** `linux/amd64`. */
  readonly platforms?: readonly string[];
  /** Of `/dev/shm`, for steps. */
  readonly shmSizeBytes?: number;
  readonly ulimits?: readonly Ulimit[];
}

export interface ServiceNetwork {
  readonly network: string;
  readonly aliases: readonly string[];
  readonly address?: string;
}

export interface ServiceDependency {
  readonly service: string;
  readonly condition: 'started' | 'healthy' | 'completed';
  /** It starts again when the other one is changed by the user. */
  readonly restart: boolean;
  readonly required: boolean;
}

/** What is absent is the image's, else the specification's: 30 s, 30 s, 3 times, 0 s, 5 s. */
export interface ServiceHealthcheck {
  readonly disabled: boolean;
  /** `CMD` and words, or `CMD-SHELL` and a line. */
  readonly test?: readonly string[];
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly startPeriodMs?: number;
  readonly startIntervalMs?: number;
}

export interface ServiceRestart {
  readonly policy: 'no' | 'always' | 'on-failure' | 'unless-stopped';
  readonly maxRetries?: number;
}

export interface BindMount {
  /** Absolute path of the machine. */
  readonly source: string;
  readonly path: string;
  readonly readOnly: boolean;
  /** Make the source when it is not there. */
  readonly createSource: boolean;
}

export interface TmpfsMount {
  readonly path: string;
  readonly sizeBytes?: number;
  /** Permission bits, as a number. */
  readonly mode?: number;
}

/** A secret or a config in a container. */
export interface ServiceFile {
  readonly source: string;
  readonly path: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: number;
}

export interface Ulimit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

export interface ExtraHost {
  readonly host: string;
  /** `host-gateway` is the machine, as containers reach it. */
  readonly addresses: readonly string[];
}

export interface ServicePort {
  readonly target: number;
  /** A port or a range of the machine; absent: one is chosen. */
  readonly published?: string;
  readonly hostIp?: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly name?: string;
}

export interface WatchRule {
  /** Absolute path of the machine. */
  readonly path: string;
  readonly action: 'rebuild' | 'sync' | 'restart' | 'sync+restart' | 'sync+exec';
  readonly target?: string;
  readonly ignore: readonly string[];
  readonly include: readonly string[];
  readonly initialSync: boolean;
  /** Of `sync+exec`. */
  readonly exec?: {
    readonly command: readonly string[];
    readonly env: readonly EnvVariable[];
    readonly user?: string;
    readonly workingDir?: string;
  };
}

/** Something beyond a service's own folder and network (conventions of trust: asked for, or refused). */
export interface TrustNeed {
  readonly kind:
    | 'privileged'
    | 'capability'
    | 'security-option'
    | 'device'
    | 'host-namespace'
    | 'engine-socket'
    | 'outside-project';
  readonly detail: string;
}

/** A network that services name. */
export interface Network {
  readonly name: string;
  /** Its name beside those of other projects. */
  readonly fullName: string;
  /** Nothing leads out of it. */
  readonly internal: boolean;
  /** It is somebody else's: neither made nor removed. */
  readonly external: boolean;
  readonly subnets: readonly string[];
  readonly labels: readonly EnvVariable[];
}

/** The contents of a secret or config that services mount: exactly one of file, variable and content, unless external. */
export interface FileObject {
  readonly name: string;
  readonly fullName: string;
  readonly external: boolean;
  /** Absolute path of the machine. */
  readonly file?: string;
  /** A variable of the machine; its value is not in the model. */
  readonly variable?: string;
  readonly content?: string;
}
