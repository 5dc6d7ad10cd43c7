/**
 * A devfile 2.x after reading: schema-checked, variables substituted. Optional fields stay absent when the file
 * does not set them, because "unset" and "false" differ for `autoBuild` and `deployByDefault`; `defaults.ts` answers
 * what an absent boolean means.
 */
export interface Devfile {
  readonly schemaVersion: string;
  readonly metadata?: Metadata;
  readonly attributes?: Attributes;
  readonly variables?: Readonly<Record<string, string>>;
  readonly parent?: Readonly<Record<string, unknown>>;
  readonly components?: readonly Component[];
  readonly commands?: readonly Command[];
  readonly projects?: readonly Project[];
  readonly starterProjects?: readonly StarterProject[];
  readonly dependentProjects?: readonly Project[];
  readonly events?: Events;
}

export type Attributes = Readonly<Record<string, unknown>>;

export interface Metadata {
  readonly name?: string;
  readonly version?: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly [key: string]: unknown;
}

export interface Component {
  readonly name: string;
  readonly attributes?: Attributes;
  readonly container?: ContainerComponent;
  readonly kubernetes?: ManifestComponent;
  readonly openshift?: ManifestComponent;
  readonly volume?: VolumeComponent;
  readonly image?: ImageComponent;
  /** Schema 2.0.0 only. */
  readonly plugin?: Readonly<Record<string, unknown>>;
}

export interface ContainerComponent {
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVariable[];
  readonly memoryLimit?: string;
  readonly memoryRequest?: string;
  readonly cpuLimit?: string;
  readonly cpuRequest?: string;
  readonly mountSources?: boolean;
  readonly sourceMapping?: string;
  readonly dedicatedPod?: boolean;
  readonly volumeMounts?: readonly VolumeMount[];
  readonly endpoints?: readonly Endpoint[];
  readonly annotation?: { readonly deployment?: Attributes; readonly service?: Attributes };
}

export interface EnvVariable {
  readonly name: string;
  readonly value: string;
}

export interface VolumeMount {
  readonly name: string;
  readonly path?: string;
}

export interface Endpoint {
  readonly name: string;
  readonly targetPort: number;
  readonly exposure?: 'public' | 'internal' | 'none';
  readonly protocol?: 'http' | 'https' | 'ws' | 'wss' | 'tcp' | 'udp';
  readonly secure?: boolean;
  readonly path?: string;
  readonly attributes?: Attributes;
  readonly annotation?: Attributes;
}

export interface VolumeComponent {
  readonly size?: string;
  readonly ephemeral?: boolean;
}

export interface ManifestComponent {
  readonly uri?: string;
  readonly inlined?: string;
  readonly endpoints?: readonly Endpoint[];
  readonly deployByDefault?: boolean;
}

export interface ImageComponent {
  readonly imageName: string;
  readonly autoBuild?: boolean;
  readonly dockerfile?: Readonly<Record<string, unknown>>;
}

export type GroupKind = 'build' | 'run' | 'test' | 'debug' | 'deploy';

export interface Group {
  readonly kind: GroupKind;
  readonly isDefault?: boolean;
}

export interface Command {
  readonly id: string;
  readonly attributes?: Attributes;
  readonly exec?: ExecCommand;
  readonly apply?: ApplyCommand;
  readonly composite?: CompositeCommand;
}

export interface ExecCommand {
  readonly commandLine: string;
  readonly component: string;
  readonly workingDir?: string;
  readonly env?: readonly EnvVariable[];
  readonly label?: string;
  readonly group?: Group;
  readonly hotReloadCapable?: boolean;
}

export interface ApplyCommand {
  readonly component: string;
  readonly label?: string;
  readonly group?: Group;
}

export interface CompositeCommand {
  readonly commands?: readonly string[];
  readonly parallel?: boolean;
  readonly label?: string;
  readonly group?: Group;
}

export interface GitSource {
  readonly remotes: Readonly<Record<string, string>>;
  readonly checkoutFrom?: { readonly remote?: string; readonly revision?: string };
}

export interface Project {
  readonly name: string;
  readonly clonePath?: string;
  /** Schema 2.0.0 only. */
  readonly sparseCheckoutDirs?: readonly string[];
  readonly attributes?: Attributes;
  readonly git?: GitSource;
  readonly zip?: { readonly location?: string };
}

export interface StarterProject {
  readonly name: string;
  readonly description?: string;
  readonly subDir?: string;
  readonly attributes?: Attributes;
  readonly git?: GitSource;
  readonly zip?: { readonly location?: string };
}

export interface Events {
  readonly preStart?: readonly string[];
  readonly postStart?: readonly string[];
  readonly preStop?: readonly string[];
  readonly postStop?: readonly string[];
}

/** The reference's verdict (`strict`), or kinder to what real files do (`compat`, the default). */
export type Profile = 'compat' | 'strict';

/** A path into a document, for example `['components', 0, 'container', 'image']`. */
export type DocumentPath = readonly (string | number)[];

/** Where a value came from. Lines and columns count from 1. */
export interface Origin {
  /**
   * `file`: written there. `override`: written there, in place of what another file says. `parent`, `plugin`: brought in by
   * what stands there. `variable`: substituted from a variable defined there. `default`: the format's default.
   * `rewrite`: another name was put in its place.
   */
  readonly kind: 'file' | 'override' | 'parent' | 'plugin' | 'variable' | 'default' | 'rewrite';
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** For example the variable's name, or the section of the specification that gives the default. */
  readonly detail?: string;
}
