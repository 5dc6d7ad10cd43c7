/** Programs and shells that can be told of an index. */
export const clientNames = ['pip', 'uv', 'poetry', 'pdm', 'twine', 'devpi', 'fish', 'bash', 'zsh'] as const;
export type ClientName = (typeof clientNames)[number];

/** Whose settings: of everybody on the machine, of the user, of the project in the present folder. */
export type Scope = 'global' | 'user' | 'project';

/** The index that clients are pointed to. */
export interface IndexAddress {
  /** Without a slash at its end, without credentials. */
  readonly url: string;
  /** `user/index`. */
  readonly index: string;
  readonly username: string;
  /** PEM file that its certificate is checked with; absent: what the client has itself. */
  readonly caBundle?: string;
  /** Written only when asked for: a token, never a password. */
  readonly token?: string;
}

/** Folders that clients read their settings from. */
export interface Places {
  readonly home: string;
  /** XDG_CONFIG_HOME, else `.config`. */
  readonly configuration: string;
  /** Absent: zsh reads them in the home folder. */
  readonly zsh?: string;
  /** `/`, unless it is a test. */
  readonly root: string;
  readonly project: string;
  /** The virtual environment that is active, or the project's own. */
  readonly virtualEnvironment?: string;
}

/** A file that is to say something else than it does. */
export interface FileEdit {
  readonly path: string;
  /** The text it is to have; it gets the one it has without what was put there before. */
  readonly edit: (text: string) => string;
  /** Name of its block, in a file where other clients have theirs. */
  readonly block?: string;
  /** It is a program. */
  readonly isProgram?: boolean;
  /** All of it is ours: what somebody else wrote there is set aside. */
  readonly isOwn?: boolean;
  /** Only its owner may read it, since it may hold credentials. */
  readonly isSecret?: boolean;
}

/** What telling a client comes to. */
export interface ClientPlan {
  readonly edits: readonly FileEdit[];
  /** What people should know besides. */
  readonly notes: readonly string[];
}

/** `https://host/user/index/+simple/`. */
export function simpleUrl({ url, index }: IndexAddress): string {
  return `${url}/${index}/+simple/`;
}

/** Where uploads go. */
export function uploadUrl({ url, index }: IndexAddress): string {
  return `${url}/${index}/`;
}

/** An address with credentials in it, for clients that know no other place for them. */
export function withToken(address: string, { username, token }: IndexAddress): string {
  if (token === undefined) return address;
  return address.replace('://', `://${encodeURIComponent(username)}:${encodeURIComponent(token)}@`);
}

/** Clients that speak without encryption want to be told, but for this machine's own addresses. */
export function untrustedHost({ url }: IndexAddress): string | undefined {
  const { protocol, hostname } = new URL(url);
  const isHere = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return protocol === 'http:' && !isHere ? hostname : undefined;
}
