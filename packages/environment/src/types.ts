import type { FileObject, Network, Service } from './service-types.ts';

/**
 * One development environment, whatever format described it. It holds what is asked for, never what a runtime made
 * of it. All of it is JSON; `environment.schema.json` is its published schema.
 */
export interface Environment {
  /** Version of this model's JSON form. */
  readonly schemaVersion: 'environment/v2';
  readonly name: string;
  readonly source: EnvironmentSource;
  /**
   * `shared`: all containers have one network and one `localhost`, as the containers of a devfile do. `named`: each has its
   * own and meets others in the networks it names, as the services of a compose project do.
   */
  readonly network: 'shared' | 'named';
  readonly containers: readonly Container[];
  /** Absent when there are none. */
  readonly artifacts?: readonly Artifact[];
  readonly volumes: readonly Volume[];
  /** Of `named`: what services meet in. */
  readonly networks?: readonly Network[];
  /** Absent when there are none. */
  readonly secrets?: readonly FileObject[];
  readonly configs?: readonly FileObject[];
  readonly commands: readonly Command[];
  readonly events: Events;
  readonly projects: readonly Project[];
  /** Sources to begin with, of which a user may choose one. */
  readonly starters: readonly Starter[];
  /** What is said to an editor. Of a devfile 1.0.0. */
  readonly editor?: EditorSettings;
  /**
   * For each value, by its path (`containers.python-dev.env.FLASK_APP`), where it came from, nearest cause first.
   * List elements with a name are addressed by it.
   */
  readonly provenance: Readonly<Record<string, readonly Origin[]>>;
}

export interface EnvironmentSource {
  readonly format: 'devfile' | 'compose' | 'devcontainer';
  /** The schema version the file names; of compose, which has none, `spec`. */
  readonly version: string;
  readonly file: string;
  /** Every file of a compose project, in order; absent when there is one. */
  readonly files?: readonly string[];
}

/** One cause of a value. Lines and columns count from 1. */
export interface Origin {
  /**
   * `file`: written there. `override`: written there, in place of what another file says. `parent`, `plugin`: brought in by
   * what stands there. `extends`: of a service that one extends there. `include`: of a file that is included there.
   * `variable`: put in from there. `default`: the format's. `rewrite`: another image stands in. `configuration`, `runtime`:
   * added by this machine.
   */
  readonly kind:
    | 'file'
    | 'override'
    | 'parent'
    | 'plugin'
    | 'extends'
    | 'include'
    | 'variable'
    | 'default'
    | 'rewrite'
    | 'configuration'
    | 'runtime';
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly detail?: string;
}

export interface Container {
  readonly name: string;
  /** The reference as written, before any rewrite. */
  readonly image: string;
  /** Replaces the image's entry point when present. */
  readonly command?: readonly string[];
  /** Replaces the image's arguments when present. */
  readonly args?: readonly string[];
  /** In order; `PROJECTS_ROOT` and `PROJECT_SOURCE` come first where the sources are mounted. */
  readonly env: readonly EnvVariable[];
  readonly mounts: readonly VolumeMount[];
  readonly endpoints: readonly Endpoint[];
  readonly resources: Resources;
  /** Present when the project's sources are mounted: where (`PROJECTS_ROOT`) and where the first project lies (`PROJECT_SOURCE`). */
  readonly sources?: { readonly root: string; readonly project: string };
  /** Runs apart, with a network of its own. */
  readonly dedicated: boolean;
  /** Ids of the apply commands that start it, in order. Absent: it starts with the environment. */
  readonly appliedBy?: readonly string[];
  /** Applied, it runs to its end and is not started again: a Job of a manifest. */
  readonly runsOnce?: true;
  /** Other names by which containers reach it. Absent when there are none. */
  readonly aliases?: readonly string[];
  /** Files that lie in it beside those of its image, read-only. Absent when there are none. */
  readonly files?: readonly ContainerFile[];
  /** What a service of a compose project asks for beside this. */
  readonly service?: Service;
}

export interface ContainerFile {
  /** Absolute path in the container. */
  readonly path: string;
  readonly text: string;
}

/** The editor of an environment, and what it is told. */
export interface EditorSettings {
  /** Absent: none is wanted. */
  readonly editor?: EditorPart;
  readonly plugins: readonly EditorPart[];
  /** Commands that no shell runs: launch configurations, tasks. */
  readonly commands: readonly EditorCommand[];
}

export interface EditorPart {
  /** `publisher/name/version`, or the address of its definition. */
  readonly name: string;
  /** A registry has its definition. */
  readonly isKnown: boolean;
  readonly displayName?: string;
  /** Its containers in the environment. */
  readonly containers: readonly string[];
  /** Addresses of what the editor loads. */
  readonly extensions?: readonly string[];
  /** Values that are no texts are in JSON. */
  readonly preferences?: readonly EnvVariable[];
}

export interface EditorCommand {
  readonly name: string;
  /** As the devfile calls it: `vscode-launch`, `vscode-task`, `che`, `custom`. */
  readonly type: string;
  /** As it is written, usually JSON. */
  readonly definition?: string;
}

/** What a command can apply and that is no container: an image to build, or manifests for a cluster. */
export interface Artifact {
  readonly name: string;
  readonly kind: 'image' | 'kubernetes' | 'openshift';
  /** `start`: with the environment. `command`: when a command applies it. `never`: it is not to be, and no command does. */
  readonly applied: 'start' | 'command' | 'never';
  /** Of an image: the reference it is to have. */
  readonly imageName?: string;
  /** Of an image that is built here: its Dockerfile. */
  readonly dockerfile?: ArtifactDockerfile;
}

/** Devfile 2.2, `image.dockerfile`. Paths are from the devfile's folder on. */
export interface ArtifactDockerfile {
  readonly uri: string;
  readonly buildContext: string;
  /** Build arguments, each `NAME=VALUE` or `NAME`. */
  readonly args: readonly string[];
  /** The stage to build; absent: the last. */
  readonly target?: string;
}

export interface EnvVariable {
  readonly name: string;
  readonly value: string;
}

export interface VolumeMount {
  readonly volume: string;
  /** Absolute path in the container. */
  readonly path: string;
  readonly readOnly?: true;
  /** The folder of the volume that is mounted: relative, without `..`. */
  readonly subPath?: string;
}

export interface Endpoint {
  /** Unique in the environment. */
  readonly name: string;
  readonly port: number;
  readonly exposure: 'public' | 'internal' | 'none';
  readonly protocol: 'http' | 'https' | 'ws' | 'wss' | 'tcp' | 'udp';
  readonly secure: boolean;
  readonly path?: string;
}

/** Absent: no limit, no request. */
export interface Resources {
  readonly memoryLimitBytes?: number;
  readonly memoryRequestBytes?: number;
  /** Thousandths of a processor. */
  readonly cpuLimitMillis?: number;
  readonly cpuRequestMillis?: number;
}

export interface Volume {
  readonly name: string;
  /** What the source declares; a runtime may be unable to enforce it. */
  readonly sizeBytes?: number;
  /** Gone when the environment stops. */
  readonly ephemeral: boolean;
  /** Its name beside those of other projects. */
  readonly fullName?: string;
  /** It is somebody else's: neither made nor removed. */
  readonly external?: true;
  /** No service names it: it belongs to the one container that mounts it. */
  readonly anonymous?: true;
  readonly labels?: readonly EnvVariable[];
}

export type GroupKind = 'build' | 'run' | 'test' | 'debug' | 'deploy';

interface CommandBase {
  readonly id: string;
  readonly label?: string;
  readonly group?: { readonly kind: GroupKind; readonly isDefault: boolean };
}

export interface ExecCommand extends CommandBase {
  readonly type: 'exec';
  readonly container: string;
  readonly commandLine: string;
  /** May name `${PROJECT_SOURCE}` and `${PROJECTS_ROOT}`; already resolved here. Absent: the sources, else the image's folder. */
  readonly workingDir?: string;
  readonly env: readonly EnvVariable[];
  readonly hotReloadCapable: boolean;
}

export interface ApplyCommand extends CommandBase {
  readonly type: 'apply';
  /** The component applied; a container's name when it is one. */
  readonly component: string;
}

export interface CompositeCommand extends CommandBase {
  readonly type: 'composite';
  readonly commands: readonly string[];
  readonly parallel: boolean;
}

export type Command = ExecCommand | ApplyCommand | CompositeCommand;

export interface Events {
  readonly preStart: readonly string[];
  readonly postStart: readonly string[];
  readonly preStop: readonly string[];
  readonly postStop: readonly string[];
}

/** Where sources are fetched from: a Git repository or an archive. */
export interface ProjectSource {
  readonly git?: {
    readonly remotes: Readonly<Record<string, string>>;
    readonly checkoutRemote: string;
    readonly revision?: string;
  };
  readonly zip?: { readonly location: string };
  /** The folder of the sources that is taken as the whole project: relative, without `..`. */
  readonly subDir?: string;
}

/** Sources to fetch. With none, the environment's own folder is the project, mounted at the sources' root. */
export interface Project extends ProjectSource {
  readonly name: string;
  /** Relative to the sources' root. */
  readonly clonePath: string;
  /** The only folders that are checked out: relative, without `..`. Absent: everything. */
  readonly sparseDirs?: readonly string[];
}

/** Sources to begin a project with. */
export interface Starter extends ProjectSource {
  readonly name: string;
  readonly description?: string;
  /** The devfile itself asks that this one be fetched. */
  readonly isChosen: boolean;
}

export type * from './service-types.ts';
