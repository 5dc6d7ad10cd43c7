import type { Source } from '../../read-source.ts';

/** What a `meta.yaml` of a plugin registry says, as far as it is used (devfile-v1-che 2.5, plugin registry v3). */
export interface PluginMeta {
  readonly publisher?: string;
  readonly name?: string;
  readonly version?: string;
  readonly type?: string;
  readonly displayName?: string;
  readonly deprecate?: { readonly autoMigrate: boolean; readonly migrateTo?: string };
  readonly endpoints: readonly PluginEndpoint[];
  readonly containers: readonly PluginContainer[];
  readonly initContainers: readonly PluginContainer[];
  readonly workspaceEnv: readonly PluginVariable[];
  /** Addresses of extensions that an editor loads. */
  readonly extensions: readonly string[];
}

export interface PluginEndpoint {
  readonly name: string;
  readonly targetPort: number;
  readonly public: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PluginVariable {
  readonly name: string;
  readonly value: string;
}

export interface PluginContainer {
  readonly name: string;
  readonly image: string;
  readonly env: readonly PluginVariable[];
  readonly volumes: readonly { readonly name: string; readonly mountPath: string; readonly ephemeral: boolean }[];
  readonly mountSources: boolean;
  readonly ports: readonly number[];
  readonly memoryLimit?: string;
  readonly memoryRequest?: string;
  readonly cpuLimit?: string;
  readonly cpuRequest?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly commands: readonly {
    readonly name: string;
    readonly command: readonly string[];
    readonly workingDir?: string;
  }[];
}

/** An editor or plugin of a devfile, and what is known of it. */
export interface ResolvedPlugin {
  readonly kind: 'editor' | 'plugin';
  /** `publisher/name/version`, or the address it is named by. */
  readonly id: string;
  /** Its place among the devfile's components; absent for an editor that is there because nothing else is said. */
  readonly component?: number;
  /** Absent where no registry has it. */
  readonly meta?: PluginMeta;
  /** The file of `meta`. */
  readonly source?: Source;
}
