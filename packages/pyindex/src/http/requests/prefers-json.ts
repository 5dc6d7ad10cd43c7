import type { FastifyRequest } from 'fastify';

/** Whether an answer, or a failure, is JSON rather than a page for people. */
export function prefersJson({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const { accept } = headers;
  return accept !== undefined && (accept.includes('application/json') || /\+json\b/.test(accept));
}
