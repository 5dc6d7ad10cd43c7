import { AppError } from '@devstead/kit';
import type { Credentials } from './credentials.ts';
import { type Connection, isOwnMachine } from './send-request.ts';

/** What a registry asks for before it answers (RFC 9110, WWW-Authenticate). */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly parameters: Readonly<Record<string, string>>;
}

const longestToken = 1 << 20;

/** Reads a `WWW-Authenticate` header; undefined for schemes that are not known. */
export function readChallenge(header: string | undefined): Challenge | undefined {
  const [, scheme = '', rest = ''] = /^\s*(\w+)\s*(.*)$/s.exec(header ?? '') ?? [];
  const known = scheme.toLowerCase();
  if (known !== 'basic' && known !== 'bearer') return undefined;
  const parameters: Record<string, string> = {};
  for (const [, name = '', quoted, plain] of rest.matchAll(/([a-z_]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi))
    parameters[name.toLowerCase()] = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '';
  return { scheme: known, parameters };
}

interface TokenRequest {
  readonly connection: Connection;
  readonly challenge: Challenge;
  readonly repository: string;
  readonly credentials: Credentials | undefined;
  readonly isInsecure: boolean;
  /** Where the registry itself was asked: by plain http the place that gives tokens may be asked, too. */
  readonly registry: URL;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The value of the `Authorization` header that answers a challenge (distribution specification, token authentication).
 * Undefined where a login is asked for and there is none. Throws REGISTRY_DENIED when the login is refused.
 */
export async function answerChallenge(request: TokenRequest): Promise<string | undefined> {
  const { challenge, credentials } = request;
  if (challenge.scheme === 'basic') return credentials?.type === 'password' ? basic(credentials) : undefined;
  return `Bearer ${await fetchToken(request)}`;
}

function basic({ username, password }: Extract<Credentials, { type: 'password' }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function fetchToken(request: TokenRequest): Promise<string> {
  const { connection, challenge, credentials, repository, registry, isInsecure, signal } = request;
  const realm = URL.parse(challenge.parameters['realm'] ?? '');
  const isAllowed =
    realm !== null && (realm.protocol === 'https:' || (realm.protocol === 'http:' && registry.protocol === 'http:'));
  if (!isAllowed) throw new AppError('IMAGE_PULL_FAILED', 'the registry names no https address that gives tokens');
  if (isOwnMachine(realm.hostname) && !isOwnMachine(registry.hostname))
    throw new AppError('IMAGE_PULL_FAILED', `${registry.host} says that this machine gives its tokens`);
  const service = challenge.parameters['service'] ?? '';
  const scope = challenge.parameters['scope'] ?? `repository:${repository}:pull`;
  const isRefresh = credentials?.type === 'identityToken';
  if (!isRefresh) {
    if (service !== '') realm.searchParams.set('service', service);
    realm.searchParams.set('scope', scope);
  }
  const form = isRefresh
    ? { grant_type: 'refresh_token', refresh_token: credentials.token, service, scope, client_id: 'devstead' }
    : undefined;
  const answer = await connection.send({
    url: realm,
    method: form === undefined ? 'GET' : 'POST',
    headers: {
      ...(credentials?.type === 'password' ? { authorization: basic(credentials) } : {}),
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    isInsecure,
    signal,
  });
  const text = (await connection.readWhole(answer, longestToken, signal)).toString('utf8');
  if (answer.statusCode !== 200) throw denied(realm.host, answer.statusCode ?? 0, credentials !== undefined);
  const token = readToken(text);
  if (token === undefined) throw new AppError('IMAGE_PULL_FAILED', `${realm.host} answered with no token`);
  return token;
}

function readToken(text: string): string | undefined {
  try {
    const { token, access_token: other } = JSON.parse(text) as { token?: unknown; access_token?: unknown };
    const found = [token, other].find((one) => typeof one === 'string' && /^[\x21-\x7e]+$/.test(one));
    return found as string | undefined;
  } catch {
    return undefined;
  }
}

/** The error of a registry that wants a login, or another one. */
export function denied(host: string, status: number, hadLogin: boolean): AppError {
  const what = hadLogin ? 'refuses the login' : 'wants a login';
  return new AppError('REGISTRY_DENIED', `${host} ${what} (${status})`, {
    hint: `Log in, for example with \`skopeo login ${host}\`, \`podman login\` or \`docker login\`; Devstead reads the file they write. Or check the image's name.`,
  });
}
