/** Files in PEM by which both sides of a connection know each other; their contents are read with each connection. */
export interface EngineTls {
  /** Default: the certificate authorities that Node.js trusts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Whoever answers is taken for the engine. */
  readonly isUnverified?: true;
}

/** Where a container engine is, so that it is found again whatever the user's variables say by then. */
export interface EnginePlace {
  /** How it was found, for people. */
  readonly source: string;
  readonly url: string;
  readonly tls?: EngineTls;
  /** Whose `system dial-stdio` is at the other end of ssh(1). Default: docker. */
  readonly program?: 'podman';
}

/** The place for people. */
export function describePlace({ url }: EnginePlace): string {
  return url.replace(/^unix:\/\//, '').replace(/:[^/:@]*@/, '@');
}
