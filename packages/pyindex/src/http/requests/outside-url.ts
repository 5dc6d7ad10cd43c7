import type { FastifyRequest } from 'fastify';
import type { HttpSettings } from '../index-server.ts';

/**
 * What absolute addresses in an answer begin with, without a slash at the end: `X-Outside-URL`, else the setting, else the
 * `Host` the request names (behind a trusted proxy, the forwarded one).
 */
export function readOutsideUrl(request: FastifyRequest, settings: HttpSettings): string {
  const header = request.headers['x-outside-url'];
  const named = typeof header === 'string' && /^https?:\/\/[^\s<>"']+$/.test(header) ? header : settings.outsideUrl;
  if (named !== undefined) return named.replace(/\/+$/, '');
  const host = /^[A-Za-z0-9.:[\]_-]+$/.test(request.host) ? request.host : `${settings.host}:${settings.port}`;
  return `${request.protocol}://${host}`;
}
