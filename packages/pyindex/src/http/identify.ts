import type { FastifyRequest } from 'fastify';
import { readCredentials } from '../access/authenticator.ts';
import { anonymous, type Identity } from '../access/identity.ts';
import { mayRead } from '../access/permissions.ts';
import type { IndexRecord } from '../indexes/index-config.ts';
import { HttpFailure, unauthorized } from './http-failure.ts';
import type { IndexServer } from './index-server.ts';

/** Who asks. Wrong credentials are nobody's, not an error; too many of them are (429). */
export async function identify(request: FastifyRequest, server: IndexServer): Promise<Identity> {
  const credentials = readCredentials(request.headers);
  if (credentials === undefined) return anonymous;
  const identity = await server.authenticator.identify(credentials, request.ip);
  if (identity !== 'too-many') return identity;
  throw new HttpFailure(429, 'too many wrong passwords; wait a minute', { headers: { 'Retry-After': '60' } });
}

/** The index an address names. 404 when there is none. */
export function findIndex(server: IndexServer, params: { readonly user: string; readonly index: string }): IndexRecord {
  const path = `${params.user}/${params.index}`;
  const index = server.store.directory.indexes.get(path);
  if (index === undefined) throw new HttpFailure(404, `The stage ${path} could not be found.`);
  return index;
}

/** The index an address names, when whoever asks may read it; else 401 without and 403 with a login. */
export async function findReadableIndex(
  request: FastifyRequest,
  server: IndexServer,
): Promise<{ readonly index: IndexRecord; readonly identity: Identity }> {
  const index = findIndex(server, request.params as { user: string; index: string });
  // Nothing to find out where everybody may read: the usual case, and the one that must be quick.
  if (index.config.acl_read === undefined && !hasCredentials(request)) return { index, identity: anonymous };
  const identity = await identify(request, server);
  requireReader(identity, index);
  return { index, identity };
}

export function requireReader(identity: Identity, index: IndexRecord): void {
  if (mayRead(identity, index)) return;
  if (identity.user === undefined) throw unauthorized(`the index ${index.path} is not for everybody: log in`);
  throw new HttpFailure(403, `user '${identity.user}' cannot read '${index.path}'`);
}

function hasCredentials({ headers }: FastifyRequest): boolean {
  return headers.authorization !== undefined || headers['x-devpi-auth'] !== undefined;
}
