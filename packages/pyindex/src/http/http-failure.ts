/** A request that is answered with a status and a sentence; what devpi's clients show is this sentence. */
export class HttpFailure extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Further members of the JSON answer. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    message: string,
    options: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly members?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message);
    this.name = 'HttpFailure';
    this.status = status;
    this.headers = options.headers ?? {};
    this.members = options.members ?? {};
  }
}

/** No or wrong credentials where some are needed: pip, uv and twine ask for a password or read it from a file then. */
export function unauthorized(message: string): HttpFailure {
  return new HttpFailure(401, message, { headers: { 'WWW-Authenticate': 'Basic realm="pypi"' } });
}
