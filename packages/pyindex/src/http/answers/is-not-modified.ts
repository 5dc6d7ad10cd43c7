import type { FastifyRequest } from 'fastify';

/** Whether the client has this content already (RFC 9110, 13): `If-None-Match` counts before `If-Modified-Since`. */
export function isNotModified({ headers }: FastifyRequest, etag: string, modifiedMs?: number): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) {
    return tags === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
  }
  const since = headers['if-modified-since'];
  if (since === undefined || modifiedMs === undefined) return false;
  const time = Date.parse(since);
  return Number.isFinite(time) && Math.floor(modifiedMs / 1000) * 1000 <= time;
}
