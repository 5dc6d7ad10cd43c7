import type { EnvVariable } from '@devstead/environment';
import type { RegistrySettings } from './images/registry/registry-settings.ts';
import type { RuntimeName } from './types.ts';

/** The Python package index that workspaces get their packages from. */
export interface WorkspaceIndex {
  /** What containers are told of it. */
  readonly variables: readonly EnvVariable[];
  /** The user's variable with a token for it, which containers get as a file of their user alone. */
  readonly tokenVariable?: string;
  /** Present for the index of this machine, to which connections are carried; how it is started when one comes. */
  readonly relay?: { readonly command: readonly string[]; readonly env: readonly EnvVariable[] };
}

/** What the runtime must know of the machine and its user; read once, at the edge of the program, and passed in. */
export interface RuntimeSettings {
  readonly stateFolder: string;
  readonly cacheFolder: string;
  readonly user: { readonly name: string; readonly uid: number; readonly gid: number };
  /** The Node program that runs this process; the supervisor is run by the same. */
  readonly node: string;
  /** Variables of the machine, for secrets and configs that have the value of one. The supervisor does not get them. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Where that Node keeps compiled code, so that it starts quickly. */
  readonly compileCache?: string;
  /** CA certificates that workspaces and image builds trust, a PEM file of the machine. */
  readonly caBundle?: string;
  /** Proxy variables (`HTTP_PROXY` and the like), passed on to workspaces and builds. */
  readonly proxies: readonly EnvVariable[];
  /** pip's own settings for its index, passed on to workspaces. */
  readonly pip: readonly EnvVariable[];
  /** Absent: workspaces get packages by pip's own settings. */
  readonly index?: WorkspaceIndex;
  /** The user's variables that Git needs: HOME, SSH_AUTH_SOCK, proxies, CA certificates. */
  readonly gitEnv: Readonly<Record<string, string>>;
  /** Mirror of Debian packages for image builds; absent: the machine's own apt sources. */
  readonly debianMirror?: string;
  /** The user's variables by which container engines are found: DOCKER_HOST, XDG_RUNTIME_DIR and the like. */
  readonly engineVariables?: Readonly<Record<string, string>>;
  /** First port of the machine that is given to an endpoint. */
  readonly firstPort: number;
  /** What new workspaces run on. Default: the sandbox. */
  readonly runtime?: RuntimeName;
  /** Who builds images from Dockerfiles. Default: buildah where it is installed, else an engine. */
  readonly builder?: 'buildah' | 'engine';
  /** What builds from Dockerfiles may keep for later ones, in bytes. */
  readonly buildCacheBytes?: number;
  /** Extra rows of the rewrite table: image reference to recipe. */
  readonly rewrites: Readonly<Record<string, string>>;
  /** Logins, mirrors and settings of registries; absent: none. */
  readonly registries?: RegistrySettings;
}
