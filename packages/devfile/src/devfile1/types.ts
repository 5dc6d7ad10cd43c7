/** A devfile 1.0.0 after reading: of the schema's shape, and, in the compat profile, with what older files say put in its words. */
export interface Devfile1 {
  readonly apiVersion: string;
  readonly metadata: { readonly name?: string; readonly generateName?: string };
  readonly projects?: readonly Project1[];
  readonly components?: readonly Component1[];
  readonly commands?: readonly Command1[];
  readonly attributes?: Texts;
}

export type Texts = Readonly<Record<string, string>>;

export interface Project1 {
  readonly name: string;
  readonly source: Source1;
  readonly clonePath?: string;
}

export interface Source1 {
  readonly type: 'git' | 'github' | 'bitbucket' | 'zip';
  readonly location: string;
  readonly branch?: string;
  readonly startPoint?: string;
  readonly tag?: string;
  readonly commitId?: string;
  readonly sparseCheckoutDir?: string;
}

export type ComponentType1 = 'cheEditor' | 'chePlugin' | 'kubernetes' | 'openshift' | 'dockerimage';

/** Which fields a component may have depends on its type (devfile-v1-che 2.1). */
export interface Component1 {
  readonly alias?: string;
  readonly type: ComponentType1;
  /** Of an editor or a plugin: `publisher/name/version`. */
  readonly id?: string;
  readonly reference?: string;
  readonly referenceContent?: string;
  readonly registryUrl?: string;
  readonly preferences?: Readonly<Record<string, unknown>>;
  readonly selector?: Texts;
  readonly entrypoints?: readonly Entrypoint1[];
  readonly image?: string;
  readonly memoryLimit?: Amount;
  readonly memoryRequest?: Amount;
  readonly cpuLimit?: Amount;
  readonly cpuRequest?: Amount;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly mountSources?: boolean;
  readonly automountWorkspaceSecrets?: boolean;
  readonly volumes?: readonly Volume1[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly endpoints?: readonly Endpoint1[];
}

/** A quantity, or a number of bytes or processors. */
export type Amount = string | number;

export interface Entrypoint1 {
  readonly parentName?: string;
  readonly containerName?: string;
  readonly parentSelector?: Texts;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
}

export interface Volume1 {
  readonly name: string;
  readonly containerPath: string;
}

export interface Endpoint1 {
  readonly name: string;
  readonly port: number;
  readonly attributes?: Texts;
}

export interface Command1 {
  readonly name: string;
  readonly actions: readonly Action1[];
  readonly attributes?: Texts;
  readonly previewUrl?: { readonly port: number; readonly path?: string };
}

/** `exec` has a component and a command; every other type is for an editor and has its definition in a reference. */
export interface Action1 {
  readonly type: string;
  readonly component?: string;
  readonly command?: string;
  readonly workdir?: string;
  readonly reference?: string;
  readonly referenceContent?: string;
}
