import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Negotiated, negotiateSimplePage, offeredTypes } from '../../pages/negotiate.ts';
import type { RenderedPage } from '../../pages/rendered-pages.ts';
import { HttpFailure } from '../http-failure.ts';
import { isNotModified } from './is-not-modified.ts';

/** How a simple page is to be written. 406 when nothing that is accepted can be answered. */
export function negotiate(request: FastifyRequest): Negotiated {
  const { format } = request.query as { readonly format?: unknown };
  const negotiated = negotiateSimplePage(request.headers.accept, typeof format === 'string' ? format : undefined);
  if (negotiated !== undefined) return negotiated;
  throw new HttpFailure(406, `this page is to be had as ${offeredTypes.join(', ')}`);
}

/** Sends a rendered page, compressed where the client takes that, or that it has not changed. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { contentType }: Negotiated,
  page: RenderedPage,
): FastifyReply {
  const isGzip = page.gzip !== undefined && acceptsGzip(request.headers['accept-encoding']);
  // Each coding is another representation, so each has its own tag.
  const etag = isGzip ? page.etag.replace(/"$/, '-gz"') : page.etag;
  reply.headers(page.headers).headers({ Vary: 'Accept, User-Agent, Accept-Encoding', ETag: etag });
  if (!('Cache-Control' in page.headers)) reply.header('Cache-Control', 'max-age=0, must-revalidate');
  if (isNotModified(request, etag)) return reply.code(304).send();
  reply.header('Content-Type', contentType);
  if (!isGzip || page.gzip === undefined) return reply.send(page.body);
  return reply.header('Content-Encoding', 'gzip').send(page.gzip);
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  if (typeof header !== 'string') return false;
  return header.split(',').some((coding) => {
    const [name, ...parameters] = coding.split(';').map((part) => part.trim().toLowerCase());
    return (name === 'gzip' || name === '*') && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  });
}
