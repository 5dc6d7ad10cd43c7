import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mayRead } from '../../access/permissions.ts';
import { HttpFailure, unauthorized } from '../http-failure.ts';
import { identify } from '../identify.ts';
import type { IndexServer } from '../index-server.ts';

/** Anybody may ask for these, whatever the indexes allow. */
const open = /^\/(?:\+(?:api|login|status|health|ready|authcheck)|\+static\/.*)?$/;

/**
 * `/+authcheck`: whether a proxy may let the request in `X-Original-URI` through (nginx `auth_request`): 200, 401 to ask for
 * a login, 403.
 */
export function addAuthcheckRoute(app: FastifyInstance, server: IndexServer): void {
  app.get('/+authcheck', async (request, reply) => {
    const path = readPath(request);
    if (open.test(path)) return reply.send('');
    const [, user = '', name = ''] = path.split('/');
    if (user.startsWith('+')) throw new HttpFailure(403, 'there is nothing at this address');
    const identity = await identify(request, server);
    const index = server.store.directory.indexes.get(`${user}/${name}`);
    if (index === undefined || mayRead(identity, index)) return reply.send('');
    // devpi's client asks for no password: it must be told that it may not.
    const isDevpi = request.headers['user-agent']?.includes('devpi-client') === true;
    if (identity.user === undefined && !isDevpi)
      throw unauthorized(`the index ${index.path} is not for everybody: log in`);
    throw new HttpFailure(403, `no permission to read ${index.path}`);
  });
}

/** The path of the request that the proxy asks about, decoded once, without anything that leads elsewhere. */
function readPath({ headers, url }: FastifyRequest): string {
  const original = headers['x-original-uri'];
  const address = typeof original === 'string' ? original : url;
  try {
    const path = decodeURIComponent(new URL(address, 'http://index/').pathname);
    if (/[\u0000-\u001f\\]|\/\.\.?(?:\/|$)|\/\//.test(path)) throw new Error('ambiguous');
    return path;
  } catch {
    throw new HttpFailure(403, 'this is no address of an index');
  }
}
