import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { normalizeName } from '../../names/normalize-name.ts';
import { negotiateSimplePage } from '../../pages/negotiate.ts';
import type { RenderedPage } from '../../pages/rendered-pages.ts';
import { HttpFailure } from '../http-failure.ts';
import { findReadableIndex } from '../identify.ts';
import type { IndexServer } from '../index-server.ts';

type ProjectParams = { user: string; index: string; project: string };

/** What installers read: simple pages and files. */
export function addReadingRoutes(app: FastifyInstance, server: IndexServer): void {
  app.get('/:user/:index/+simple/', async (request, reply) => {
    const { index } = await findReadableIndex(request, server);
    const { format, contentType } = negotiate(request);
    return sendPage(reply, contentType, await server.pages.readList(index.path, format));
  });
  app.get<{ Params: ProjectParams }>('/:user/:index/+simple/:project/', async (request, reply) => {
    const { index } = await findReadableIndex(request, server);
    const name = normalizeName(request.params.project);
    if (name !== request.params.project) return reply.redirect(`/${index.path}/+simple/${name}/`, 302);
    const { format, contentType } = negotiate(request);
    const page = await server.pages.readProject(index.path, name, format);
    if (page === undefined) throw new HttpFailure(404, `no project '${name}'`);
    return sendPage(reply, contentType, page);
  });
  app.get<{ Params: { user: string; index: string; key: string; filename: string } }>(
    '/:user/:index/+e/:key/:filename',
    async (request, reply) => {
      const { index } = await findReadableIndex(request, server);
      const { key, filename } = request.params;
      const file = await server.findSource(index.path).openFile({ filename, addressKey: key });
      if (file === undefined) throw new HttpFailure(404, `there is no file ${filename} here`);
      return reply.header('Content-Length', file.sizeBytes).type('application/octet-stream').send(file.stream());
    },
  );
  app.get<{ Params: { user: string; index: string; a: string; b: string; filename: string } }>(
    '/:user/:index/+f/:a/:b/:filename',
    async (request, reply) => {
      const { index, identity } = await findReadableIndex(request, server);
      const { a, b, filename } = request.params;
      const options = identity.user === undefined ? {} : { user: identity.user };
      const file = await server.findSource(index.path).openFile({ filename, digestPrefix: a + b }, options);
      if (file === undefined) throw new HttpFailure(404, `there is no file ${filename} here`);
      return reply
        .headers({
          'Cache-Control': 'max-age=365000000, immutable, public',
          'Last-Modified': new Date(file.modifiedMs).toUTCString(),
          'Content-Length': file.sizeBytes,
        })
        .type('application/octet-stream')
        .send(file.stream());
    },
  );
}

function negotiate(request: FastifyRequest): { format: 'html' | 'json'; contentType: string } {
  const negotiated = negotiateSimplePage(request.headers.accept, readFormat(request));
  if (negotiated === undefined) throw new HttpFailure(406, 'none of the forms asked for is one this page has');
  return negotiated;
}

function sendPage(reply: FastifyReply, contentType: string, page: RenderedPage): FastifyReply {
  return reply
    .headers({ ...page.headers, Vary: 'Accept, User-Agent', ETag: page.etag })
    .type(contentType)
    .send(page.body);
}

/** The parameter `format` of the address, which goes before `Accept` (PEP 691). */
function readFormat({ query }: FastifyRequest): string | undefined {
  const { format } = query as { format?: unknown };
  return typeof format === 'string' ? format : undefined;
}
