import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IndexServer } from '../index-server.ts';
import { readOutsideUrl } from '../requests/outside-url.ts';

/** Sends a client elsewhere in this server (302). `path` begins with one slash and is no one else's address. */
export function redirect(
  reply: FastifyReply,
  request: FastifyRequest,
  server: IndexServer,
  path: string,
): FastifyReply {
  return reply.redirect(`${readOutsideUrl(request, server.settings)}${encodeURI(path)}`, 302);
}
